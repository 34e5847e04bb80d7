using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>Checks and cleans the paths of mounts.</summary>
internal static class MountPaths
{
    /// <summary>Files of /proc that may be covered (lxcfs does), as runc allows them. Everything else there would hide what we mask and protect (CVE-2019-16884).</summary>
    private static readonly HashSet<string> s_coverable =
    [
        "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat", "/proc/swaps", "/proc/uptime", "/proc/loadavg", "/proc/slabinfo",
        "/proc/net/dev", "/proc/sys/kernel/ns_last_pid", "/proc/sys/crypto/fips_enabled",
    ];

    /// <summary>An absolute path without ".", ".." and double slashes; resolved as text only.</summary>
    public static string Clean(string path, string subject)
    {
        if (path.Contains('\0') || !path.StartsWith('/'))
        {
            throw EngineException.InvalidParameter($"{subject}: invalid mount path: '{path.Replace("\0", "\\0", StringComparison.Ordinal)}' mount path must be absolute");
        }

        string clean = Path.GetFullPath(path);
        return clean.Length > 1 ? clean.TrimEnd('/') : clean;
    }

    /// <summary>A destination inside the container.</summary>
    /// <param name="source">Host path of a bind; "" for other mounts.</param>
    public static string CleanDestination(string path, string source, string subject)
    {
        string clean = Clean(path, subject);
        if (clean == "/")
        {
            throw EngineException.InvalidParameter($"{subject}: invalid specification: destination can't be '/'");
        }

        bool inProc = clean == "/proc" || clean.StartsWith("/proc/", StringComparison.Ordinal);
        bool allowed = source.Length > 0 && (s_coverable.Contains(clean) || (clean == "/proc" && source == "/proc"));
        if (inProc && !allowed)
        {
            throw EngineException.InvalidParameter($"{subject}: \"{clean}\" cannot be mounted because it is inside /proc");
        }

        if (source.Length == 0 && clean == "/sys")
        {
            throw EngineException.InvalidParameter($"{subject}: \"{clean}\" cannot be covered");
        }

        return clean;
    }
}
