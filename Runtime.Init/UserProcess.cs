using Rtd.Protocol.Spec;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>The last part of the way, the same for run and exec: from the container's root to the user's command.</summary>
internal static class UserProcess
{
    public static void Become(SyncSocket sync, ProcessSpec process, Terminal? terminal, int root)
    {
        Progress.Step = InitStep.Rlimits;
        foreach (RlimitSpec limit in process.Rlimits)
        {
            Libc.setrlimit(limit.Resource, limit.Soft, limit.Hard);
        }

        Progress.Step = InitStep.User;
        Identity identity = IdentityLookup.Find(root, process.User, process.AdditionalGroups);
        Stdio.GiveTo(identity, terminal);

        Progress.Step = InitStep.WorkingDirectory;
        WorkingDirectory.Enter(root, process.WorkingDirectory);
        Progress.Step = InitStep.AppArmor;
        AppArmor.ConfineNextExec(root, process.AppArmorProfile);
        if (process.NoNewPrivileges)
        {
            Libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1);
        }
        else
        {
            // Without no_new_privs a filter needs CAP_SYS_ADMIN, which goes next.
            InstallFilter(process);
        }

        Progress.Step = InitStep.Capabilities;
        Credentials.Drop(identity, process.Capabilities);
        Progress.Step = InitStep.FindCommand;
        IReadOnlyList<string> environment = ProcessEnvironment.Complete(process, identity);
        _ = Libc.umask(0x12);
        string command = CommandLookup.Find(process.Arguments[0], environment);

        sync.Send(SyncMessage.Ready, terminal?.Master);
        terminal?.Master.Dispose();
        sync.Receive(SyncMessage.Go);
        if (process.NoNewPrivileges)
        {
            InstallFilter(process);
        }

        Progress.Step = InitStep.Execute;
        Signals.Reset();
        Libc.close_range(3, uint.MaxValue, Libc.CLOSE_RANGE_CLOEXEC);
        if (process.Init)
        {
            Reaper.Become(sync, process.Arguments, environment);
        }
        else
        {
            CommandLookup.Execute(command, process.Arguments, environment);
        }
    }

    private static void InstallFilter(ProcessSpec process)
    {
        Progress.Step = InitStep.Seccomp;
        if (process.SeccompFilter.Length > 0)
        {
            Libc.seccomp_set_mode_filter(process.SeccompFilter);
        }
    }
}
