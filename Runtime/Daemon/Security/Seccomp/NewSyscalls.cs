namespace Rtd.Daemon.Security.Seccomp;

/// <summary>
/// Numbers of the calls that all architectures share (Linux 5.1 and later, <c>asm-generic/unistd.h</c>), for those that the machine's libseccomp is
/// too old to know by name.
/// </summary>
internal static class NewSyscalls
{
    private const uint First = 424;

    /// <summary>The numbers run on from 424.</summary>
    private static readonly string[] s_names =
    [
        "pidfd_send_signal", "io_uring_setup", "io_uring_enter", "io_uring_register", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount",
        "fspick", "pidfd_open", "clone3", "close_range", "openat2", "pidfd_getfd", "faccessat2", "process_madvise", "epoll_pwait2", "mount_setattr",
        "quotactl_fd", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "memfd_secret", "process_mrelease", "futex_waitv",
        "set_mempolicy_home_node", "cachestat", "fchmodat2", "map_shadow_stack", "futex_wake", "futex_wait", "futex_requeue", "statmount", "listmount",
        "lsm_get_self_attr", "lsm_set_self_attr", "lsm_list_modules", "mseal", "setxattrat", "getxattrat", "listxattrat", "removexattrat",
    ];

    /// <summary>The newest call that the built-in profile was made with in mind (removexattrat, Linux 6.13).</summary>
    public static uint Newest => First + (uint)s_names.Length - 1;

    public static bool TryGetNumber(string name, out uint number)
    {
        int index = Array.IndexOf(s_names, name);
        number = First + (uint)index;
        return index >= 0;
    }
}
