namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>RUN --network</c>.</summary>
internal enum RunNetwork
{
    /// <summary>That of the build.</summary>
    Default,
    None,
    Host,
}
