using Rtd.Daemon.Execution;

namespace Rtd.Daemon.Logging;

/// <summary>A line, or part of one, of a container's output.</summary>
/// <param name="Time">When it was read, UTC, 100 ns resolution.</param>
/// <param name="Data">With its newline; a part of a longer line has none.</param>
internal readonly record struct LogMessage(OutputStream Stream, DateTimeOffset Time, ReadOnlyMemory<byte> Data);
