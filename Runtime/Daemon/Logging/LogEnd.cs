namespace Rtd.Daemon.Logging;

/// <summary>Where a log ends.</summary>
/// <param name="File">Inode of its current file; 0 when there is none yet.</param>
/// <param name="Offset">Bytes of it that count.</param>
internal readonly record struct LogEnd(ulong File, long Offset);
