namespace Rtd.Daemon.Builds.Dockerfiles.Mounts;

/// <summary>One <c>RUN --mount</c>.</summary>
internal sealed record RunMount
{
    public RunMountType Type { get; init; }

    /// <summary>A stage by name or number, or an image; null for the context (bind) or an empty directory (cache).</summary>
    public string? From { get; init; }

    /// <summary>A path in <see cref="From"/>; null for its root. Of a secret its id.</summary>
    public string? Source { get; init; }

    /// <summary>Where in the container; relative to the working directory. Null only for a secret: <c>/run/secrets/ID</c>, if not <see cref="Environment"/>.</summary>
    public string? Target { get; init; }

    public bool ReadOnly { get; init; }

    /// <summary>Names a cache; null for its target.</summary>
    public string? Id { get; init; }

    public CacheSharing Sharing { get; init; }

    /// <summary>A secret that was not given is an error.</summary>
    public bool Required { get; init; }

    /// <summary>The variable that a secret is put into.</summary>
    public string? Environment { get; init; }

    /// <summary>Of a cache's directory (0755) or a secret's file (0400); null for these.</summary>
    public int? Mode { get; init; }

    public uint User { get; init; }

    public uint Group { get; init; }

    /// <summary>Of a tmpfs, bytes; 0 for no limit but the container's.</summary>
    public long SizeLimit { get; init; }
}
