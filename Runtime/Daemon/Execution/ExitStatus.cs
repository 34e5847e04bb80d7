namespace Rtd.Daemon.Execution;

/// <summary>How a process ended.</summary>
/// <param name="Code">As a shell shows it: the exit code, or 128 + signal.</param>
/// <param name="At">When it was reaped, UTC.</param>
internal readonly record struct ExitStatus(int Code, DateTimeOffset At);
