using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Security;

/// <summary>Capability names and masks.</summary>
internal static class Capabilities
{
    private static readonly string[] s_names =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT",
        "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
        "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ",
        "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    public static ulong Default { get; } = Mask(["CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP",
        "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE"]);

    private static ulong All => (1UL << s_names.Length) - 1;

    public static ulong Parse(IEnumerable<string> add, IEnumerable<string> drop, bool privileged)
    {
        ulong added = Mask(add);
        ulong dropped = Mask(drop);
        return privileged ? All : (added == All ? All : dropped == All ? 0 : Default) & ~(dropped == All ? 0 : dropped) | (added == All ? 0 : added);
    }

    private static ulong Mask(IEnumerable<string> names)
    {
        ulong mask = 0;
        foreach (string name in names)
        {
            mask |= Bit(name);
        }

        return mask;
    }

    private static ulong Bit(string name)
    {
        string plain = name.ToUpperInvariant();
        plain = plain.StartsWith("CAP_", StringComparison.Ordinal) ? plain[4..] : plain;
        int index = Array.IndexOf(s_names, plain);
        return plain == "ALL" ? All : index >= 0 ? 1UL << index : throw EngineException.InvalidParameter($"unknown capability: \"CAP_{plain}\"");
    }
}
