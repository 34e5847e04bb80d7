namespace Rtd.Daemon.Security;

/// <summary>Paths that a container without <c>--privileged</c> or <c>systempaths=unconfined</c> sees masked or read-only; Docker's lists.</summary>
internal static class DefaultPaths
{
    /// <summary>Hidden: kernel-wide information or controls, of which some are side channels (interrupts, thermal, powercap).</summary>
    public static IReadOnlyList<string> Masked { get; } = BuildMasked();

    /// <summary>Parts of /proc that change the host when written.</summary>
    public static IReadOnlyList<string> Readonly { get; } = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    private static List<string> BuildMasked()
    {
        List<string> paths =
        [
            "/proc/acpi",
            "/proc/asound",
            "/proc/interrupts",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/sys/devices/virtual/powercap",
            "/sys/firmware",
        ];
        paths.AddRange(ThermalThrottle("/sys/devices/system/cpu"));
        return paths;
    }

    /// <summary>One directory per CPU (GHSA-6fw5-f8r9-fgfm); only those the host has, since a list for every possible CPU would be long.</summary>
    private static IEnumerable<string> ThermalThrottle(string cpus)
    {
        for (int cpu = 0; Directory.Exists($"{cpus}/cpu{cpu}"); cpu++)
        {
            string path = $"{cpus}/cpu{cpu}/thermal_throttle";
            if (Directory.Exists(path))
            {
                yield return path;
            }
        }
    }
}
