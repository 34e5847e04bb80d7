namespace Rtd.Daemon.Containers.Validation;

/// <summary>What validation needs to know of the host.</summary>
/// <param name="CpusOnline">The kernel's list, <c>0-3</c>.</param>
/// <param name="MemoryNodesOnline">The kernel's list.</param>
internal sealed record HostFacts(int CpuCount, string CpusOnline, string MemoryNodesOnline)
{
    public static HostFacts Read() => new(
        Environment.ProcessorCount,
        ReadList("/sys/devices/system/cpu/online", $"0-{Environment.ProcessorCount - 1}"),
        ReadList("/sys/devices/system/node/online", "0"));

    /// <summary>A kernel without the file (no NUMA) has what the fallback says.</summary>
    private static string ReadList(string path, string fallback) => File.Exists(path) ? File.ReadAllText(path).Trim() : fallback;
}
