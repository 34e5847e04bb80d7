namespace Rtd.Protocol.Supervision;

/// <summary>The file that output is drained into: an identity of 8 bytes (when it was made, in ticks), then records.</summary>
/// <remarks>A record is its time (8 bytes, ticks, UTC), its length (4 bytes) and as many bytes of output; little-endian. The last may be cut short by a full disk.</remarks>
internal static class SpoolFormat
{
    public const int Head = sizeof(long), RecordHead = sizeof(long) + sizeof(int);

    /// <summary>Bytes after which the writer waits for the daemon.</summary>
    public const long MaxSize = 64 << 20;

    /// <summary>Disk space is asked for in steps of this.</summary>
    public const long RoomStep = 1 << 20;
}
