namespace Rtd.Daemon.Images.Origins;

/// <summary>How an image came to be built here: what a config says of itself is anybody's to write, and no reason to trust it (CVE-2024-24557).</summary>
internal sealed record ImageOrigin
{
    /// <summary><c>sha256:…</c></summary>
    public string ImageId { get; init; } = "";

    /// <summary>The image that the step was done on; empty for the first one on nothing.</summary>
    public string Parent { get; init; } = "";

    /// <summary>What the step was, to the last byte that it could see; equal keys have equal results.</summary>
    public string Key { get; init; } = "";

    /// <summary>What the step did, for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>A build was asked for this very image. Others are steps on the way to one.</summary>
    public bool IsResult { get; init; }

    /// <summary>Not done here, but taken from an image that a client named as cache: for builds that name one.</summary>
    public bool IsFromHistory { get; init; }

    /// <summary>Bytes of the layer that the step made.</summary>
    public long Size { get; init; }

    public DateTimeOffset Created { get; init; }

    /// <summary>The last build that used it, and how many did; kept in memory, since a build that finds all its steps writes nothing.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    public int UsageCount { get; init; }
}
