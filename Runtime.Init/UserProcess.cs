using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>The last part of the way, the same for run and exec: from the container's root to the user's command.</summary>
internal static class UserProcess
{
    /// <summary>This process becomes the command.</summary>
    public static void Become(SyncSocket sync, ProcessSpec process, Terminal? terminal, int root)
    {
        terminal?.Control();
        Progress.Step = InitStep.AppArmor;
        AppArmor.ConfineNextExec(root, process.AppArmorProfile);
        UserCommand command = TakeRights(process, terminal, root);

        sync.Send(SyncMessage.Ready, terminal is null ? [] : [terminal.Master]);
        terminal?.Master.Dispose();
        sync.Receive(SyncMessage.Go);
        ConfineLast(process);

        Progress.Step = InitStep.Execute;
        LeaveBehind();
        if (process.Init)
        {
            Reaper.Become(sync, process.Arguments, command.Environment);
        }
        else
        {
            CommandLookup.Execute(command.Path, process.Arguments, command.Environment);
        }
    }

    /// <summary>
    /// A child of our parent's becomes the command. It is born with the command's rights and no others, in the pid namespace of our children, which this
    /// process is not in.
    /// </summary>
    public static void Bear(SyncSocket sync, ProcessSpec process, Terminal? terminal, int root)
    {
        (SafeFileHandle outcome, SafeFileHandle report) = Libc.pipe2(0);
        (SafeFileHandle Read, SafeFileHandle Write) gate = Libc.pipe2(0);
        UserCommand command = TakeRights(process, terminal, root);
        ConfineLast(process);

        Progress.Step = InitStep.Execute;
        LeaveBehind();
        SafeFileHandle pidfd = Forker.Fork(command.Path, process.Arguments, command.Environment, terminal is not null, report, gate);

        // It executes when the daemon is sure to know of it: what nobody knows of would be run once more.
        sync.Send(SyncMessage.Born, terminal is null ? [pidfd] : [pidfd, terminal.Master]);
        Libc.write_all(gate.Write.Fd(), [1], "gate");
        report.Dispose();
        Span<byte> error = stackalloc byte[sizeof(long)];
        if (Libc.try_read(outcome.Fd(), error) == error.Length)
        {
            throw CommandLookup.Failure(command.Path, (int)-BitConverter.ToInt64(error));
        }
    }

    private static UserCommand TakeRights(ProcessSpec process, Terminal? terminal, int root)
    {
        Progress.Step = InitStep.Keyring;
        Keyring.Join(process.SessionKeyring);
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
        return new UserCommand(CommandLookup.Find(process.Arguments[0], environment), environment);
    }

    /// <summary>Where the filter can wait until nothing else is to be done, it does.</summary>
    private static void ConfineLast(ProcessSpec process)
    {
        if (process.NoNewPrivileges)
        {
            InstallFilter(process);
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

    /// <summary>Of ours the command gets neither signals nor fds.</summary>
    private static void LeaveBehind()
    {
        Signals.Reset();
        Libc.close_range(3, uint.MaxValue, Libc.CLOSE_RANGE_CLOEXEC);
    }
}
