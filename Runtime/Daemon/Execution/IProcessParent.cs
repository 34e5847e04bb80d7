using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>Whose children containers' processes are: the daemon's, or with live restore the supervisor's.</summary>
internal interface IProcessParent
{
    /// <param name="pidNamespace">A pid namespace to be born in, or a pidfd of a process in it.</param>
    /// <exception cref="SyscallException">It could not be started; nothing is left.</exception>
    Task<ChildProcess> SpawnAsync(SpawnRequest request, SafeFileHandle? pidNamespace);
}
