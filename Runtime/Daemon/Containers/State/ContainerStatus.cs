namespace Rtd.Daemon.Containers.State;

/// <summary>Where a container is in its life; the API shows the names in lower case.</summary>
internal enum ContainerStatus
{
    Created,
    Running,
    Paused,
    Restarting,
    Removing,
    Exited,
    Dead,
}
