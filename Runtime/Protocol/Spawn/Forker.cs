using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Protocol.Spawn;

/// <summary>Has a child executed that is another's: a sibling of this process, in the pid namespace that setns has chosen, with this thread's credentials and filter.</summary>
/// <remarks>
/// A copy of the memory is made, unlike in <see cref="Spawner"/>: it may be seen, and even traced, by those whose rights it already has, and this process
/// must not be reached through it.
/// </remarks>
internal static unsafe class Forker
{
    private static readonly delegate* unmanaged<ForkArguments*, long> s_stub = (delegate* unmanaged<ForkArguments*, long>)MachineCode.Map(ForkStub.Code);

    /// <param name="path">Of the program.</param>
    /// <param name="arguments">argv.</param>
    /// <param name="environment">envp.</param>
    /// <param name="terminal">fd 0 becomes its controlling terminal.</param>
    /// <param name="report">Close-on-exec; see <see cref="ForkArguments.Report"/>.</param>
    /// <param name="gate">A pipe; see <see cref="ForkArguments.Gate"/>.</param>
    /// <returns>Its pidfd. It leads a session of its own, its parent is the parent of this process.</returns>
    /// <exception cref="SyscallException">It was not born.</exception>
    public static SafeFileHandle Fork(
        string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, bool terminal, SafeFileHandle report, (SafeFileHandle Read, SafeFileHandle Write) gate)
    {
        using NativeStrings argv = new(arguments);
        using NativeStrings envp = new(environment);
        int pidfd = -1;
        fixed (byte* pathname = Encoding.UTF8.GetBytes(path + "\0"))
        {
            ForkArguments block = new()
            {
                Flags = Libc.CLONE_PARENT | Libc.CLONE_PIDFD | Libc.SIGCHLD,
                Pidfd = &pidfd,
                Path = pathname,
                Argv = argv.Pointer,
                Envp = envp.Pointer,
                Report = report.Fd(),
                Terminal = terminal ? 1UL : 0,
                GateOpener = gate.Write.Fd(),
                Gate = gate.Read.Fd(),
            };
            long pid = s_stub(&block);
            return pid >= 0 ? Libc.Own(pidfd) : throw new SyscallException("clone", (int)-pid, path);
        }
    }
}
