namespace Rtd.Daemon.Security.Seccomp;

internal static partial class DefaultProfile
{
    // Left out for everybody, so that the absence is a decision and not an oversight:
    // io_uring_* (its operations bypass this filter), userfaultfd and vm86 (exploit helpers), keyctl/add_key/request_key (keyrings are not per container),
    // kexec_*, swapon/swapoff, nfsservctl, uselib, _sysctl, sysfs, ustat, create_module and kin (host-wide or long gone), move_pages/migrate_pages,
    // pivot_root (even with SYS_ADMIN, as with Docker: mount and move_mount do the same job inside a mount namespace).
    internal static SyscallGroup[] Groups { get; } =
    [
        new("file content", "ordinary reading and writing; permissions decide", [
            "open", "openat", "openat2", "creat", "close", "close_range", "read", "readv", "pread64", "preadv", "preadv2", "write", "writev", "pwrite64",
            "pwritev", "pwritev2", "lseek", "_llseek", "dup", "dup2", "dup3", "fcntl", "fcntl64", "ioctl", "flock", "truncate", "truncate64", "ftruncate",
            "ftruncate64", "fallocate", "fadvise64", "fadvise64_64", "readahead", "copy_file_range", "sendfile", "sendfile64", "splice", "tee", "vmsplice",
            "pipe", "pipe2", "sync", "syncfs", "fsync", "fdatasync", "sync_file_range", "cachestat", "memfd_create", "memfd_secret",
        ]),
        new("names and metadata", "ordinary file system work; mknod is bounded by CAP_MKNOD and the device controller", [
            "access", "faccessat", "faccessat2", "stat", "stat64", "lstat", "lstat64", "fstat", "fstat64", "fstatat64", "newfstatat", "statx", "statfs",
            "statfs64", "fstatfs", "fstatfs64", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "chown32", "lchown", "lchown32", "fchown", "fchown32",
            "fchownat", "link", "linkat", "symlink", "symlinkat", "readlink", "readlinkat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir",
            "mkdirat", "rmdir", "mknod", "mknodat", "getdents", "getdents64", "getcwd", "chdir", "fchdir", "umask", "utime", "utimes", "futimesat",
            "utimensat", "utimensat_time64", "name_to_handle_at", "statmount", "listmount",
        ]),
        new("extended attributes", "capabilities decide on security.* and trusted.*", [
            "getxattr", "lgetxattr", "fgetxattr", "getxattrat", "setxattr", "lsetxattr", "fsetxattr", "setxattrat", "listxattr", "llistxattr", "flistxattr",
            "listxattrat", "removexattr", "lremovexattr", "fremovexattr", "removexattrat",
        ]),
        new("waiting for events", "fds only; fanotify_mark is of no use without fanotify_init", [
            "select", "_newselect", "pselect6", "pselect6_time64", "poll", "ppoll", "ppoll_time64", "epoll_create", "epoll_create1", "epoll_ctl",
            "epoll_ctl_old", "epoll_wait", "epoll_wait_old", "epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2", "signalfd", "signalfd4", "inotify_init",
            "inotify_init1", "inotify_add_watch", "inotify_rm_watch", "fanotify_mark", "timerfd_create", "timerfd_settime", "timerfd_settime64",
            "timerfd_gettime", "timerfd_gettime64",
        ]),
        new("asynchronous file I/O", "the old aio calls, which databases use", [
            "io_setup", "io_destroy", "io_submit", "io_cancel", "io_getevents", "io_pgetevents", "io_pgetevents_time64",
        ]),
        new("memory", "a process's own address space", [
            "brk", "mmap", "mmap2", "munmap", "mremap", "mprotect", "madvise", "mincore", "msync", "mlock", "mlock2", "mlockall", "munlock", "munlockall",
            "remap_file_pages", "pkey_alloc", "pkey_free", "pkey_mprotect", "membarrier", "map_shadow_stack", "mseal", "process_mrelease",
        ]),
        new("processes", "the pid namespace bounds what can be seen; clone is further down", [
            "fork", "vfork", "execve", "execveat", "exit", "exit_group", "wait4", "waitid", "waitpid", "kill", "tkill", "tgkill", "pidfd_open",
            "pidfd_send_signal", "getpid", "getppid", "gettid", "getpgid", "getpgrp", "setpgid", "getsid", "setsid", "getpriority", "setpriority",
            "getrlimit", "ugetrlimit", "setrlimit", "prlimit64", "getrusage", "times", "prctl",
        ]),
        new("debugging", "of the container's own processes; safe beside seccomp since Linux 4.8, when the filter moved behind ptrace", [
            "ptrace", "process_vm_readv", "process_vm_writev",
        ]),
        new("identity", "capabilities decide", [
            "getuid", "getuid32", "geteuid", "geteuid32", "getgid", "getgid32", "getegid", "getegid32", "getresuid", "getresuid32", "getresgid",
            "getresgid32", "getgroups", "getgroups32", "setuid", "setuid32", "setgid", "setgid32", "setreuid", "setreuid32", "setregid", "setregid32",
            "setresuid", "setresuid32", "setresgid", "setresgid32", "setfsuid", "setfsuid32", "setfsgid", "setfsgid32", "setgroups", "setgroups32", "capget",
            "capset",
        ]),
        new("signals", "a process's own", [
            "rt_sigaction", "rt_sigprocmask", "rt_sigpending", "rt_sigsuspend", "rt_sigtimedwait", "rt_sigtimedwait_time64", "rt_sigqueueinfo",
            "rt_tgsigqueueinfo", "rt_sigreturn", "sigreturn", "sigprocmask", "sigaltstack", "pause", "restart_syscall",
        ]),
        new("threads and scheduling", "capabilities and rlimits decide on priorities", [
            "futex", "futex_time64", "futex_waitv", "futex_wait", "futex_wake", "futex_requeue", "get_robust_list", "set_robust_list", "set_tid_address",
            "rseq", "get_thread_area", "set_thread_area", "getcpu", "sched_yield", "sched_getaffinity", "sched_setaffinity", "sched_getattr",
            "sched_setattr", "sched_getparam", "sched_setparam", "sched_getscheduler", "sched_setscheduler", "sched_get_priority_max",
            "sched_get_priority_min", "sched_rr_get_interval", "sched_rr_get_interval_time64", "ioprio_get", "ioprio_set",
        ]),
        new("time", "reading clocks, sleeping, timers; adjtimex without CAP_SYS_TIME only reads", [
            "time", "gettimeofday", "clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64", "clock_nanosleep",
            "clock_nanosleep_time64", "nanosleep", "alarm", "getitimer", "setitimer", "timer_create", "timer_delete", "timer_gettime", "timer_gettime64",
            "timer_settime", "timer_settime64", "timer_getoverrun", "adjtimex", "clock_adjtime", "clock_adjtime64",
        ]),
        new("network", "the network namespace bounds it; the prologue takes AF_ALG and AF_VSOCK out of socket and the 32-bit multiplexer", [
            "socket", "socketpair", "socketcall", "bind", "connect", "listen", "accept", "accept4", "getsockname", "getpeername", "getsockopt", "setsockopt",
            "send", "sendto", "sendmsg", "sendmmsg", "recv", "recvfrom", "recvmsg", "recvmmsg", "recvmmsg_time64", "shutdown",
        ]),
        new("System V IPC and POSIX message queues", "the ipc namespace bounds them", [
            "ipc", "shmget", "shmat", "shmdt", "shmctl", "semget", "semop", "semtimedop", "semtimedop_time64", "semctl", "msgget", "msgsnd", "msgrcv",
            "msgctl", "mq_open", "mq_unlink", "mq_timedsend", "mq_timedsend_time64", "mq_timedreceive", "mq_timedreceive_time64", "mq_notify",
            "mq_getsetattr",
        ]),
        new("system information", "harmless or behind a namespace", ["uname", "sysinfo", "getrandom"]),
        new("self-restriction", "a process may only give up rights by these", [
            "seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self",
        ]),
        new("x86", "thread pointers, Wine's and emulators' segments; uretprobe is called by the kernel's own trampoline", [
            "arch_prctl", "modify_ldt", "uretprobe",
        ]),
        new("arm", "calls that the C library needs there", [
            "arm_fadvise64_64", "arm_sync_file_range", "sync_file_range2", "breakpoint", "cacheflush", "set_tls",
        ]),

        With("CAP_SYS_ADMIN", "administration of mounts, namespaces, tracing", [
            "mount", "umount", "umount2", "mount_setattr", "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount", "fspick", "unshare", "setns", "clone",
            "clone3", "bpf", "perf_event_open", "fanotify_init", "quotactl", "quotactl_fd", "sethostname", "setdomainname", "syslog", "lookup_dcookie",
            "lsm_get_self_attr", "lsm_set_self_attr", "lsm_list_modules",
        ]),
        With("CAP_DAC_READ_SEARCH", "the capability is for this call", ["open_by_handle_at"]),
        With("CAP_SYS_BOOT", "in a pid namespace it ends the container", ["reboot"]),
        With("CAP_SYS_CHROOT", "the capability is for this call", ["chroot"]),
        With("CAP_SYS_MODULE", "asked for by name", ["init_module", "finit_module", "delete_module"]),
        With("CAP_SYS_PACCT", "asked for by name", ["acct"]),
        With("CAP_SYS_PTRACE", "the rest of the debugger's calls", ["kcmp", "pidfd_getfd", "process_madvise"]),
        With("CAP_SYS_RAWIO", "asked for by name", ["iopl", "ioperm"]),
        With("CAP_SYS_TIME", "asked for by name", ["settimeofday", "stime", "clock_settime", "clock_settime64"]),
        With("CAP_SYS_TTY_CONFIG", "asked for by name", ["vhangup"]),
        With("CAP_SYS_NICE", "memory placement", ["get_mempolicy", "set_mempolicy", "mbind", "set_mempolicy_home_node"]),
        With("CAP_SYSLOG", "the capability is for this call", ["syslog"]),
        With("CAP_BPF", "the capability is for this call", ["bpf"]),
        With("CAP_PERFMON", "the capability is for this call", ["perf_event_open"]),
    ];

    private static SyscallGroup With(string capability, string reason, string[] names) =>
        new(capability, reason, names) { Capabilities = Security.Capabilities.Mask(capability) };
}
