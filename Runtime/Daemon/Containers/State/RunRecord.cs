namespace Rtd.Daemon.Containers.State;

/// <summary>The file that names a running container's process.</summary>
internal sealed class RunRecord
{
    public int Pid { get; set; }

    public ulong StartTicks { get; set; }
}
