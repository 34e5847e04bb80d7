namespace Rtd.Protocol.Mounts;

/// <summary>
/// Where below /proc something may be mounted. Everything else there stays the kernel's: covered, it would hide the files by which limits and labels
/// are set, and what is masked (CVE-2019-16884). The daemon checks by name, rtinit again by what it finds.
/// </summary>
internal static class ProcTargets
{
    /// <summary>Files that tools such as lxcfs replace by a bind; the ones that runc allows.</summary>
    private static readonly HashSet<string> s_replaceable =
    [
        "/proc/cpuinfo", "/proc/diskstats", "/proc/loadavg", "/proc/meminfo", "/proc/net/dev", "/proc/slabinfo", "/proc/stat", "/proc/swaps",
        "/proc/sys/crypto/fips_enabled", "/proc/sys/kernel/ns_last_pid", "/proc/uptime",
    ];

    /// <summary>Whether a bind may be mounted there.</summary>
    public static bool MayBeReplaced(string path) => s_replaceable.Contains(path);

    /// <summary>Whether a path is /proc or below it, as text.</summary>
    public static bool Contains(string path) => path == "/proc" || path.StartsWith("/proc/", StringComparison.Ordinal);
}
