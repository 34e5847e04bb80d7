namespace Rtd.Daemon.Builds.Dockerfiles.Mounts;

/// <summary>How builds at the same time share a cache mount.</summary>
internal enum CacheSharing
{
    Shared,

    /// <summary>Each has one of its own.</summary>
    Private,

    /// <summary>The second waits for the first.</summary>
    Locked,
}
