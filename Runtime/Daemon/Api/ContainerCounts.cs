namespace Rtd.Daemon.Api;

/// <summary>How many containers are in which state.</summary>
internal readonly record struct ContainerCounts(int Running, int Paused, int Stopped)
{
    public int Total => Running + Paused + Stopped;
}
