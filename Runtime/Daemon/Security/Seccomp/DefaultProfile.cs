using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Security.Seccomp;

/// <summary>
/// The built-in profile: an allow-list with EPERM for the rest, in effect Docker's, so that what runs there runs here.
/// </summary>
internal static partial class DefaultProfile
{
    /// <summary>CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET}. (NEWTIME is in the byte that clone(2) takes for the exit signal; only unshare and clone3 can ask for it.)</summary>
    private const ulong CloneNamespaces = 0x7E020000;

    /// <summary>
    /// personality(2) values: query, Linux, Linux with 32-bit uname (PER_LINUX32), both with UNAME26. Others switch off address space
    /// randomisation or make pages executable.
    /// </summary>
    private static readonly uint[] s_personalities = [0xffffffff, 0, 0x0008, 0x20000, 0x20008];

    private static readonly ulong s_sysAdmin = Security.Capabilities.Mask("CAP_SYS_ADMIN");

    /// <summary>The capabilities that the profile looks at: sets that agree on these share a program.</summary>
    public static ulong RelevantCapabilities => Groups.Aggregate(s_sysAdmin, (mask, group) => mask | group.Capabilities);

    public static SeccompPolicy For(ulong capabilities)
    {
        List<SeccompRule> rules = [];
        foreach (SyscallGroup group in Groups)
        {
            if (group.Capabilities == 0 || (group.Capabilities & capabilities) != 0)
            {
                rules.Add(Allow(group.Names));
            }
        }

        foreach (uint personality in s_personalities)
        {
            rules.Add(Allow(["personality"], ArgumentFilter.LowWordEquals(0, personality)));
        }

        if ((capabilities & s_sysAdmin) == 0)
        {
            rules.Add(Allow(["clone"], new ArgumentFilter(0, ArgumentComparison.MaskedEqual, CloneNamespaces, 0)));

            // clone3 has its flags in memory, where no filter can look; with ENOSYS the C libraries fall back to clone.
            rules.Add(new SeccompRule(["clone3"], SeccompAction.Errno(Libc.ENOSYS), []));
        }

        return new SeccompPolicy { DefaultAction = SeccompAction.Errno(Libc.EPERM), Rules = rules, DenySocketFamilies = true };
    }

    private static SeccompRule Allow(IReadOnlyList<string> names, params ArgumentFilter[] arguments) => new(names, SeccompAction.Allow, arguments);
}
