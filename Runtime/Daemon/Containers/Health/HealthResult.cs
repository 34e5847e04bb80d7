namespace Rtd.Daemon.Containers.Health;

/// <summary>How one check went; immutable.</summary>
/// <param name="ExitCode">0 is healthy; −1 when the check could not be run or took too long.</param>
/// <param name="Output">The beginning of what it wrote, or why it could not be run.</param>
internal sealed record HealthResult(DateTimeOffset Start, DateTimeOffset End, int ExitCode, string Output);
