using System.Text;

namespace Rtd.Daemon.Storage.Tar;

/// <summary>One member of an archive, with all that its headers say. Names are bytes, as they are in the archive.</summary>
internal sealed class TarEntry
{
    public required byte[] Name { get; init; }

    /// <summary>Target of a symbolic or hard link; empty otherwise.</summary>
    public required byte[] LinkName { get; init; }

    public required TarEntryType Type { get; init; }

    /// <summary>Bytes of content; 0 for everything but a file.</summary>
    public required long Size { get; init; }

    /// <summary>Permission, setuid, setgid and sticky bits.</summary>
    public required uint Mode { get; init; }

    public required uint Uid { get; init; }

    public required uint Gid { get; init; }

    public required TarTime Modified { get; init; }

    public required uint DeviceMajor { get; init; }

    public required uint DeviceMinor { get; init; }

    /// <summary>Extended attributes; the names end with a zero byte, the values are as they are.</summary>
    public required IReadOnlyList<KeyValuePair<byte[], byte[]>> Xattrs { get; init; }

    /// <summary>The name for messages.</summary>
    public string Display => Show(Name);

    /// <summary>Bytes as text for messages, cut to a length that a client can read.</summary>
    public static string Show(ReadOnlySpan<byte> name) =>
        name.Length <= 256 ? Encoding.UTF8.GetString(name) : Encoding.UTF8.GetString(name[..256]) + "…";
}
