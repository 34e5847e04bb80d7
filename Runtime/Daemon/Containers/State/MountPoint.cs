namespace Rtd.Daemon.Containers.State;

/// <summary>A mount that a container was created with: bind, volume or tmpfs; immutable.</summary>
internal sealed record MountPoint
{
    public const string Bind = "bind", Volume = "volume", Tmpfs = "tmpfs";

    public string Type { get; init; } = "";

    /// <summary>A volume's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Host path of a bind or of a volume's data.</summary>
    public string Source { get; init; } = "";

    public string Destination { get; init; } = "";

    /// <summary>What the client wrote after the last colon.</summary>
    public string Mode { get; init; } = "";

    public bool Writable { get; init; } = true;

    /// <summary>rprivate, rshared, slave …; "" for volumes.</summary>
    public string Propagation { get; init; } = "";

    /// <summary>A bind without what is mounted below its source.</summary>
    public bool NonRecursive { get; init; }

    /// <summary>A read-only bind leaves what is mounted below its source writable.</summary>
    public bool WritableBelow { get; init; }

    /// <summary>Make a missing source directory, as -v does and --mount does not.</summary>
    public bool CreateSource { get; init; }

    /// <summary>What of a volume is mounted, relative to its data; "" for all of it.</summary>
    public string Subpath { get; init; } = "";

    /// <summary>A volume without the image's content.</summary>
    public bool NoCopy { get; init; }

    /// <summary>The volume has no name of its own and goes with <c>rm -v</c>.</summary>
    public bool Anonymous { get; init; }

    /// <summary>Mount flags and data of a tmpfs, as <c>--tmpfs</c> takes them.</summary>
    public string TmpfsOptions { get; init; } = "";

    /// <summary>Came by --tmpfs, which inspect does not list among the mounts.</summary>
    public bool Hidden { get; init; }
}
