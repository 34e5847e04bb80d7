using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary><c>--init</c>: stays as pid 1, starts the command, hands signals on, reaps orphans, and ends with the command's exit code.</summary>
/// <remarks>
/// It is another execve of rtinit, as the user, with the user's capabilities, filter and AppArmor profile: all of these belong to a thread, and what made the
/// container has threads of the runtime that keep what they had. A tracer inside could have used those.
/// </remarks>
internal static class Reaper
{
    /// <summary>Before names that the runtime would take for settings of its own.</summary>
    private const char Veil = '=';

    /// <summary>Does not return. The sync socket stays open until the command runs, so that the daemon hears why it does not.</summary>
    public static void Become(SyncSocket sync, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        Libc.pthread_sigmask(new Libc.sigset_t { bits = SpawnRequest.AllButRuntimesSignals });
        sync.KeepAcrossExec(true);
        CommandLookup.Execute("/proc/self/exe", ["rtinit", InitRoles.Reaper, "--", .. arguments], [.. environment.Select(Veiled)]);
    }

    /// <returns>The command's exit code, or that of a failure, which the daemon has been told of.</returns>
    public static int Run(SyncSocket sync, IReadOnlyList<string> arguments)
    {
        // With `--pid container:` others see it, and the daemon's socket in it.
        Libc.prctl(Libc.PR_SET_DUMPABLE, 0);
        sync.KeepAcrossExec(false);
        Libc.pthread_sigmask(new Libc.sigset_t { bits = ulong.MaxValue });
        SpawnedProcess child;
        try
        {
            Progress.Step = InitStep.Execute;
            SetName();
            child = Start(arguments);
        }
        catch (Exception failure)
        {
            sync.TrySendError(Progress.Describe(failure));
            return 1;
        }

        sync.Close();
        Libc.prctl(Libc.PR_SET_DUMPABLE, 1);
        return Attend(child);
    }

    private static SpawnedProcess Start(IReadOnlyList<string> arguments)
    {
        IReadOnlyList<string> environment = OwnEnvironment();
        string command = CommandLookup.Find(arguments[0], environment);
        Signals.SetDefaults();
        try
        {
            return Spawner.Spawn(new SpawnRequest
            {
                ExecutableFd = Libc.AT_FDCWD,
                Path = command,
                Arguments = arguments,
                Environment = environment,

                // The container's filter is in force already, and it makes clone3 look absent.
                AvoidClone3 = true,
            });
        }
        catch (SyscallException failure)
        {
            throw CommandLookup.Failure(command, failure.Errno);
        }
    }

    private static int Attend(SpawnedProcess child)
    {
        Libc.sigset_t all = new() { bits = ulong.MaxValue };
        using SafeFileHandle pidfd = child.Pidfd;
        while (true)
        {
            int signal = Libc.sigwaitinfo(all, out Libc.siginfo_t info);
            if (signal == Libc.SIGCHLD)
            {
                while (Libc.waitid_any() is { } ended)
                {
                    if (ended.Pid == child.Pid)
                    {
                        return ended.ExitCode;
                    }
                }
            }
            else if (info.si_code is not (Libc.SI_KERNEL or Libc.SI_TKILL))
            {
                // What the terminal sent (SI_KERNEL) has gone to the whole foreground group already; SI_TKILL is the runtime talking to itself.
                Libc.try_pidfd_send_signal(pidfd.Fd(), signal);
            }
        }
    }

    /// <summary>An image of a program in .NET may well set DOTNET_GCHeapHardLimit and the like.</summary>
    private static string Veiled(string entry) => IsSetting(entry) ? Veil + entry : entry;

    private static string Unveiled(string entry) => entry.StartsWith(Veil) && IsSetting(entry.AsSpan(1)) ? entry[1..] : entry;

    private static bool IsSetting(ReadOnlySpan<char> entry) =>
        entry.StartsWith("DOTNET_", StringComparison.OrdinalIgnoreCase) || entry.StartsWith("COMPlus_", StringComparison.OrdinalIgnoreCase);

    /// <summary>In the order it came in, with names that stand in it twice.</summary>
    private static unsafe List<string> OwnEnvironment()
    {
        List<string> entries = [];
        for (byte** next = GetEnviron(); *next is not null; next++)
        {
            entries.Add(Unveiled(Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(*next))));
        }

        return entries;
    }

    private static unsafe void SetName()
    {
        fixed (byte* name = "rtinit\0"u8)
        {
            Libc.prctl(Libc.PR_SET_NAME, (nuint)name);
        }
    }

    /// <summary>What the runtime's own library reads it by; <c>environ</c> is data, which cannot be imported.</summary>
    [DllImport("libSystem.Native", EntryPoint = "SystemNative_GetEnviron")]
    private static extern unsafe byte** GetEnviron();
}
