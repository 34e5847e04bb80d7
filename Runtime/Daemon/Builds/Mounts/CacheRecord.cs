namespace Rtd.Daemon.Builds.Mounts;

/// <summary>What is kept of a cache that RUN mounts.</summary>
internal sealed record CacheRecord
{
    /// <summary>What the Dockerfile calls it.</summary>
    public string Id { get; init; } = "";

    public DateTimeOffset Created { get; init; }
}
