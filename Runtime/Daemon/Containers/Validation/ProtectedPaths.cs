namespace Rtd.Daemon.Containers.Validation;

/// <summary>Docker's lists of paths that a container sees empty or read-only.</summary>
internal static class ProtectedPaths
{
    private const string Cpus = "/sys/devices/system/cpu";

    /// <summary>The per-CPU throttle counters are a power side channel (GHSA-6fw5-f8r9-fgfm); the list depends on the host's CPUs.</summary>
    public static IReadOnlyList<string> Masked { get; } =
    [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi",
        "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware", .. ThermalThrottle(),
    ];

    public static IReadOnlyList<string> ReadOnly { get; } = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    private static IEnumerable<string> ThermalThrottle() => Directory.Exists(Cpus)
        ? Directory.GetDirectories(Cpus, "cpu?*").Select(cpu => Path.Combine(cpu, "thermal_throttle")).Where(Directory.Exists).Order(StringComparer.Ordinal)
        : [];
}
