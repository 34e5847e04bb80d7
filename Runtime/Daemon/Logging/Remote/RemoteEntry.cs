using Rtd.Daemon.Execution;

namespace Rtd.Daemon.Logging.Remote;

/// <summary>A message on its way to a collector.</summary>
/// <param name="Data">Without its newline.</param>
/// <param name="Part">Null for a whole line.</param>
/// <param name="Ordinal">Counts the messages of this run, from 1.</param>
internal sealed record RemoteEntry(OutputStream Stream, DateTimeOffset Time, byte[] Data, LinePart? Part, long Ordinal);
