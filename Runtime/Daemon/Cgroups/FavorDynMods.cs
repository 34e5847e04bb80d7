using NLog;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Cgroups;

/// <summary>
/// Makes the move of a process into a cgroup quick. Every write to a <c>cgroup.procs</c> takes a lock that all forks and exits read; with none
/// taken lately it first waits for an RCU grace period, 4 to 20 ms. The option <c>favordynmods</c> (Linux 6.0) of any hierarchy keeps the lock in the
/// state where there is nothing to wait for, at the cost of a memory barrier in each fork and exit. So as to leave the host's mounts as they are, it is
/// given to a hierarchy of our own without controllers. Nobody sees that mount: only the fd holds it. While it lasts, /proc/PID/cgroup has a line for it.
/// </summary>
internal sealed class FavorDynMods : IDisposable
{
    /// <summary>From here on the lock is one per process once the option was seen, and that cannot be switched off: nothing is to be held.</summary>
    private static readonly Version s_lasting = new(6, 18);

    private static readonly Logger s_log = LogManager.GetLogger("cgroups");

    private readonly IDisposable _mount;

    private FavorDynMods(IDisposable mount) => _mount = mount;

    /// <param name="version">Of the cgroups.</param>
    /// <param name="asked">What the administrator says, or null.</param>
    /// <param name="otherRuntimes">Some are configured.</param>
    /// <returns>
    /// Null where moves are left as they are. Unless it is asked for that is so beside other runtimes, since crun (1.8) takes each line of /proc/PID/cgroup for a
    /// hierarchy below /sys/fs/cgroup and cannot start with one that is mounted nowhere; and on v2, where all programs expect a single line, as long as the line
    /// would be there.
    /// </returns>
    public static FavorDynMods? Hold(int version, bool? asked, bool otherRuntimes)
    {
        bool lasting = Environment.OSVersion.Version >= s_lasting;
        return asked ?? (!otherRuntimes && (version == 1 || lasting)) ? Hold() : null;
    }

    /// <summary>Null where the kernel has no such option: then everything is as before, only slower.</summary>
    public static FavorDynMods? Hold()
    {
        try
        {
            FavorDynMods held = new(Libc.fsmount("cgroup", "none", "none,name=rtd,favordynmods", 0));
            if (Environment.OSVersion.Version >= s_lasting)
            {
                held.Dispose();
            }

            return held;
        }
        catch (SyscallException refusal)
        {
            s_log.Debug("cgroup moves wait for the kernel: {0}", refusal.Message);
            return null;
        }
    }

    public void Dispose() => _mount.Dispose();
}
