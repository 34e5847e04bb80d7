namespace Rtd.Daemon.Logging;

/// <summary>What of a log to read.</summary>
/// <param name="Tail">Last n lines; null is all, 0 none.</param>
internal sealed record LogReadOptions(bool Stdout, bool Stderr, bool Follow, long? Tail, DateTimeOffset? Since, DateTimeOffset? Until);
