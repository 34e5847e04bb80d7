namespace Rtd.Daemon.Builds.Dockerfiles.Mounts;

/// <summary><c>RUN --mount=type=</c>.</summary>
internal enum RunMountType
{
    Bind,
    Cache,
    Tmpfs,
    Secret,
}
