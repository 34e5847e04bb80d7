namespace Rtd.Protocol.Syscalls;

/// <summary>System call numbers of x86-64 (<c>asm/unistd_64.h</c>) for calls that the C library of Debian 12 does not wrap.</summary>
internal static partial class Libc
{
    public const long SYS_clone = 56, SYS_keyctl = 250, SYS_seccomp = 317, SYS_memfd_create = 319, SYS_execveat = 322, SYS_open_tree = 428, SYS_move_mount = 429,
        SYS_fsopen = 430, SYS_fsconfig = 431, SYS_fsmount = 432, SYS_pidfd_open = 434, SYS_clone3 = 435, SYS_close_range = 436,
        SYS_openat2 = 437, SYS_pidfd_getfd = 438, SYS_pidfd_send_signal = 424, SYS_mount_setattr = 442, SYS_quotactl_fd = 443, SYS_capset = 126, SYS_capget = 125,
        SYS_pivot_root = 155, SYS_setgroups = 116, SYS_setresuid = 117, SYS_setresgid = 119, SYS_renameat2 = 316, SYS_ptrace = 101;
}
