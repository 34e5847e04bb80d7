using System.Globalization;
using System.Text.Json;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Containers.Statistics;

/// <summary>A container's use of the machine as stats shows it, computed from a sample as docker's client does.</summary>
internal sealed class StatisticsRow
{
    private const string None = "--";

    /// <summary>A container that has not been heard of.</summary>
    public StatisticsRow(string asked) => Asked = asked;

    /// <param name="asked">What the user called it.</param>
    /// <param name="sample">A container stats answer.</param>
    public StatisticsRow(string asked, JsonElement sample)
    {
        Asked = asked;
        IsValid = true;
        Id = sample.Text("id");
        Name = sample.Text("name").TrimStart('/');
        CpuPercent = Cpu(sample);
        JsonElement memory = sample.Member("memory_stats");
        MemoryUsed = Math.Max(0, memory.Number("usage") - Cache(memory));
        MemoryLimit = memory.Number("limit");
        Processes = sample.Member("pids_stats").Number("current");
        foreach (JsonProperty network in sample.Member("networks").Members())
        {
            Received += network.Value.Number("rx_bytes");
            Sent += network.Value.Number("tx_bytes");
        }

        foreach (JsonElement entry in sample.Member("blkio_stats").Member("io_service_bytes_recursive").Items())
        {
            switch (entry.Text("op").ToLowerInvariant())
            {
                case "read":
                    Read += entry.Number("value");
                    break;
                case "write":
                    Written += entry.Number("value");
                    break;
            }
        }
    }

    public static FieldTable<StatisticsRow> Table { get; } = new(
        "*container.statsContext",
        new("Container", "CONTAINER", row => row.Asked),
        new("Name", "NAME", row => row.Name.Length > 0 ? row.Name : None),
        new("ID", "CONTAINER ID", row => row.ShownId),
        new("CPUPerc", "CPU %", row => row.Percent(row.CpuPercent)),
        new("MemUsage", "MEM USAGE / LIMIT", row => row.IsValid ? $"{HumanSize.Binary(row.MemoryUsed)} / {HumanSize.Binary(row.MemoryLimit)}" : $"{None} / {None}"),
        new("MemPerc", "MEM %", row => row.Percent(row.MemoryLimit > 0 ? 100.0 * row.MemoryUsed / row.MemoryLimit : 0)),
        new("NetIO", "NET I/O", row => row.Pair(row.Received, row.Sent)),
        new("BlockIO", "BLOCK I/O", row => row.Pair(row.Read, row.Written)),
        new("PIDs", "PIDS", row => row.IsValid ? row.Processes.ToString(CultureInfo.InvariantCulture) : None));

    /// <summary>The whole id is shown.</summary>
    public bool WantsWholeId { get; init; }

    public string Id { get; } = "";

    private string Asked { get; }

    private bool IsValid { get; }

    private string Name { get; } = "";

    private double CpuPercent { get; }

    private long MemoryUsed { get; }

    private long MemoryLimit { get; }

    private long Processes { get; }

    private long Received { get; }

    private long Sent { get; }

    private long Read { get; }

    private long Written { get; }

    private string ShownId => Id.Length == 0 ? None : WantsWholeId || Id.Length < 12 ? Id : Id[..12];

    /// <summary>Percent of one CPU between this sample and the one before it.</summary>
    private static double Cpu(JsonElement sample)
    {
        JsonElement now = sample.Member("cpu_stats"), before = sample.Member("precpu_stats");
        double used = now.Member("cpu_usage").Number("total_usage") - before.Member("cpu_usage").Number("total_usage");
        double system = now.Number("system_cpu_usage") - before.Number("system_cpu_usage");
        double cpus = now.Number("online_cpus") is > 0 and long online ? online : now.Member("cpu_usage").Member("percpu_usage").Items().Count();
        return used > 0 && system > 0 ? used / system * cpus * 100 : 0;
    }

    /// <summary>Bytes of the page cache that the kernel gives back at once: they count as usage (v1: total_inactive_file, v2: inactive_file).</summary>
    private static long Cache(JsonElement memory)
    {
        JsonElement details = memory.Member("stats");
        long v1 = details.Number("total_inactive_file");
        long cache = v1 > 0 ? v1 : details.Number("inactive_file");
        return cache < memory.Number("usage") ? cache : 0;
    }

    private string Percent(double value) => IsValid ? value.ToString("F2", CultureInfo.InvariantCulture) + "%" : None;

    private string Pair(long first, long second) => IsValid ? $"{HumanSize.Decimal(first, 3)} / {HumanSize.Decimal(second, 3)}" : $"{None} / {None}";
}
