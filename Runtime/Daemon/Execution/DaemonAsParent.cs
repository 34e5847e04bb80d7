using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spawn;

namespace Rtd.Daemon.Execution;

/// <summary>Without live restore: containers' processes are children of the daemon.</summary>
internal sealed class DaemonAsParent : IProcessParent
{
    public async Task<ChildProcess> SpawnAsync(SpawnRequest request, SafeFileHandle? pidNamespace)
    {
        SpawnedProcess child = pidNamespace is null ? Spawner.Spawn(request) : await PidNamespaceSpawn.RunAsync(pidNamespace, request);
        return new OwnChild(child.Pid, child.Pidfd);
    }
}
