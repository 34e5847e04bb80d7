namespace Rtd.Daemon.Containers.State;

/// <summary>A mount that a container was created with: bind, volume, image or tmpfs; immutable.</summary>
internal sealed record MountPoint
{
    public const string Bind = "bind", Volume = "volume", Image = "image", Tmpfs = "tmpfs";

    public string Type { get; init; } = "";

    /// <summary>A volume's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whose volume it is.</summary>
    public string Driver { get; init; } = "local";

    /// <summary>Host path of a bind or of a volume's data; an image's name.</summary>
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

    /// <summary>The id of the image that is mounted.</summary>
    public string ImageId { get; init; } = "";

    /// <summary>The chain id of its top layer, which the container holds.</summary>
    public string ChainId { get; init; } = "";

    /// <summary>What of a volume or image is mounted, relative to its root; "" for all of it.</summary>
    public string Subpath { get; init; } = "";

    /// <summary>A volume without the image's content.</summary>
    public bool NoCopy { get; init; }

    /// <summary>The volume has no name of its own and goes with <c>rm -v</c>.</summary>
    public bool Anonymous { get; init; }

    /// <summary>Mount flags and data of a tmpfs, as <c>--tmpfs</c> takes them.</summary>
    public string TmpfsOptions { get; init; } = "";

    /// <summary>A bind whose ids on the disk are a container's, not the host's: what a build mounts.</summary>
    public bool Mapped { get; init; }

    /// <summary>Came by --tmpfs, which inspect does not list among the mounts.</summary>
    public bool Hidden { get; init; }
}
