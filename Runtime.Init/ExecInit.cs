using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Starts another process in a container: joins it, then goes the last part of the way of its first process.</summary>
internal static class ExecInit
{
    /// <summary>This process becomes the command.</summary>
    /// <remarks>
    /// It is born in the container's pid namespace, so the container can see it before it is harmless: it is not dumpable, and keeps
    /// capabilities that the container's root lacks, until it has become the user's command (CVE-2016-9962).
    /// </remarks>
    public static void Run(SyncSocket sync)
    {
        Libc.prctl(Libc.PR_SET_DUMPABLE, 0);
        ExecSpec spec = Receive(sync);
        Libc.setsid();
        Join(sync, spec);

        using SafeFileHandle root = Libc.open("/", Libc.O_PATH | Libc.O_DIRECTORY);
        UserProcess.Become(sync, spec.Process, OpenTerminal(spec.Process), root.Fd());
    }

    /// <summary>This process was there before the exec; a child becomes the command.</summary>
    /// <remarks>It is in no pid namespace of a container's, so that none sees it. What they see is born harmless.</remarks>
    public static void RunPrepared(SyncSocket sync)
    {
        sync.Receive(SyncMessage.Adopt);
        sync.TakeStdio();
        ExecSpec spec = Receive(sync);

        // The container's procfs does not know us.
        Progress.Step = InitStep.AppArmor;
        AppArmor.ConfineNextExec(spec.Process.AppArmorProfile);
        Join(sync, spec);

        using SafeFileHandle root = Libc.open("/", Libc.O_PATH | Libc.O_DIRECTORY);
        UserProcess.Bear(sync, spec.Process, OpenTerminal(spec.Process), root.Fd());
    }

    private static ExecSpec Receive(SyncSocket sync)
    {
        Progress.Step = InitStep.ReadSpec;
        ExecSpec spec = SpecCodec.DecodeExec(sync.Receive(SyncMessage.Exec));
        Shield.Raise(spec.Process.OomScoreAdjust);
        _ = Libc.umask(0);
        return spec;
    }

    private static void Join(SyncSocket sync, ExecSpec spec)
    {
        Progress.Step = InitStep.Cgroup;
        SpecCodec.DecodeNetwork(sync.Receive(SyncMessage.Placed));
        Progress.Step = InitStep.JoinNamespaces;
        Namespaces.JoinProcess(sync.Received[0], (ulong)(uint)spec.Namespaces);
    }

    private static Terminal? OpenTerminal(ProcessSpec process)
    {
        Progress.Step = InitStep.Terminal;
        return process.Terminal ? Terminal.Open(process, console: null) : null;
    }
}
