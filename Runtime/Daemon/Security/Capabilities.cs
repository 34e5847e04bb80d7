using System.Globalization;
using System.Numerics;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Security;

/// <summary>Capability sets as 64-bit masks, and Docker's way of naming and combining them.</summary>
internal static class Capabilities
{
    private const string All = "ALL";
    private const string Prefix = "CAP_";

    /// <summary>By number, <c>linux/capability.h</c>.</summary>
    private static readonly string[] s_names =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK",
        "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN",
        "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE",
        "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM",
        "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ];

    private static readonly Lazy<ulong> s_available = new(ReadAvailable);

    /// <summary>Docker's fourteen.</summary>
    public static ulong Default { get; } = Mask(
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP",
        "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE");

    /// <summary>What can be given to a container here: the kernel's capabilities that are in the daemon's own bounding set.</summary>
    public static ulong Available => s_available.Value;

    /// <summary>The mask of names such as CAP_KILL.</summary>
    public static ulong Mask(params ReadOnlySpan<string> names)
    {
        ulong mask = 0;
        foreach (string name in names)
        {
            mask |= 1UL << Array.IndexOf(s_names, name);
        }

        return mask;
    }

    /// <summary>The mask of one name such as CAP_KILL; null when there is no such capability.</summary>
    public static ulong? TryMask(string name) => Array.IndexOf(s_names, name) is var number and >= 0 ? 1UL << number : null;

    /// <summary>The names in a mask, by number; bits without a name are left out.</summary>
    public static IEnumerable<string> Names(ulong mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int number = BitOperations.TrailingZeroCount(mask);
            if (number < s_names.Length)
            {
                yield return s_names[number];
            }
        }
    }

    /// <summary>The set for <c>--cap-add</c>, <c>--cap-drop</c> and <c>--privileged</c>. Throws for names that do not exist or cannot be given here.</summary>
    public static ulong Parse(IEnumerable<string> add, IEnumerable<string> drop, bool privileged) => Parse(add, drop, privileged, Available);

    /// <summary>
    /// Docker's rules: privileged is everything, whatever else is asked; added ALL is everything but what is dropped; dropped ALL leaves only what is
    /// added; otherwise the default less the dropped plus the added, so that a capability in both lists is kept.
    /// </summary>
    internal static ulong Parse(IEnumerable<string> add, IEnumerable<string> drop, bool privileged, ulong available)
    {
        (ulong added, bool addAll) = Combine(add, "CapAdd", available);
        (ulong dropped, bool dropAll) = Combine(drop, "CapDrop", available);
        if (privileged)
        {
            return available;
        }

        if (addAll)
        {
            return available & ~dropped;
        }

        return dropAll ? added : (Default & available & ~dropped) | added;
    }

    private static (ulong Mask, bool All) Combine(IEnumerable<string> names, string field, ulong available)
    {
        ulong mask = 0;
        bool all = false;
        foreach (string given in names)
        {
            string name = given.ToUpperInvariant();
            if (name == All)
            {
                all = true;
                continue;
            }

            name = name.StartsWith(Prefix, StringComparison.Ordinal) ? name : Prefix + name;
            int number = Array.IndexOf(s_names, name);
            if (number < 0)
            {
                throw EngineException.InvalidParameter($"invalid {field}: unknown capability: \"{name}\"");
            }

            if ((available & (1UL << number)) == 0)
            {
                throw EngineException.InvalidParameter(
                    $"invalid {field}: capability not supported by your kernel or not available in the current environment: \"{name}\"");
            }

            mask |= 1UL << number;
        }

        return (mask, all);
    }

    private static ulong ReadAvailable()
    {
        int last = int.Parse(File.ReadAllText("/proc/sys/kernel/cap_last_cap").AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture);
        string bounding = File.ReadLines("/proc/self/status").First(line => line.StartsWith("CapBnd:", StringComparison.Ordinal));
        ulong mask = ulong.Parse(bounding.AsSpan("CapBnd:".Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

        // A capability that we have no name for could be neither dropped nor listed, so it is not given.
        int count = Math.Min(last + 1, s_names.Length);
        return mask & ((1UL << count) - 1);
    }
}
