namespace Rtd.Daemon.Containers.State;

/// <summary>What <c>POST /containers/{id}/wait</c> waits for.</summary>
internal enum WaitCondition
{
    NotRunning,
    NextExit,
    Removed,
}
