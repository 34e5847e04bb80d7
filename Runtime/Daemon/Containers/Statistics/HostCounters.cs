using System.Globalization;

namespace Rtd.Daemon.Containers.Statistics;

/// <summary>CPU time of the whole host.</summary>
/// <param name="Nanoseconds">Of all processors together, idle ones included.</param>
/// <param name="Processors">Those online.</param>
internal readonly record struct HostCounters(ulong Nanoseconds, uint Processors)
{
    /// <summary>USER_HZ, which is 100 on every architecture we run on.</summary>
    private const ulong NanosecondsPerTick = 10_000_000;

    /// <summary>user, nice, system, idle, iowait, irq, softirq: what dockerd adds up.</summary>
    private const int Fields = 7;

    public static HostCounters Read() => Parse(File.ReadLines("/proc/stat"));

    /// <param name="lines">Of proc(5) stat.</param>
    public static HostCounters Parse(IEnumerable<string> lines)
    {
        ulong ticks = 0;
        uint processors = 0;
        foreach (string line in lines)
        {
            if (!line.StartsWith("cpu", StringComparison.Ordinal))
            {
                break;
            }

            if (line[3] != ' ')
            {
                processors++;
                continue;
            }

            foreach (string field in line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(Fields))
            {
                ticks += ulong.Parse(field, CultureInfo.InvariantCulture);
            }
        }

        return new HostCounters(ticks * NanosecondsPerTick, processors);
    }
}
