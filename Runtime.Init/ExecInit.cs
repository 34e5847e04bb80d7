using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Starts another process in a container: joins it, then goes the last part of the way of its first process.</summary>
/// <remarks>
/// The process is born in the container's pid namespace, so the container can see it before it is harmless: it is not dumpable, and keeps
/// capabilities that the container's root lacks, until it has become the user's command (CVE-2016-9962).
/// </remarks>
internal static class ExecInit
{
    public static void Run(SyncSocket sync)
    {
        Libc.prctl(Libc.PR_SET_DUMPABLE, 0);
        Progress.Step = InitStep.ReadSpec;
        ExecSpec spec = SpecCodec.DecodeExec(sync.Receive(SyncMessage.Exec));
        Shield.Raise(spec.Process.OomScoreAdjust);
        Libc.setsid();
        _ = Libc.umask(0);

        Progress.Step = InitStep.Cgroup;
        SpecCodec.DecodeNetwork(sync.Receive(SyncMessage.Placed));

        Progress.Step = InitStep.JoinNamespaces;
        Namespaces.JoinProcess(sync.Received[0], (ulong)(uint)spec.Namespaces);

        using SafeFileHandle root = Libc.open("/", Libc.O_PATH | Libc.O_DIRECTORY);
        Progress.Step = InitStep.Terminal;
        Terminal? terminal = spec.Process.Terminal ? Terminal.Open(spec.Process, console: null) : null;
        UserProcess.Become(sync, spec.Process, terminal, root.Fd());
    }
}
