using System.Globalization;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>CPU and memory-node lists such as <c>0-2,5</c>, checked as ranges: "0-2147483647" costs nothing (CVE-2018-20699).</summary>
internal static class CpuList
{
    private const int MaximumLength = 4096;

    /// <summary>Throws unless the list is well formed and all of it is in <paramref name="available"/>.</summary>
    /// <param name="kind">"cpus" or "mems", for the message.</param>
    /// <param name="available">What can be given; empty when unknown.</param>
    public static void Validate(string list, string kind, string available)
    {
        if (list.Length == 0)
        {
            return;
        }

        List<(int First, int Last)> wanted = list.Length <= MaximumLength ? Ranges(list) ?? throw Invalid(list, kind) : throw Invalid(list[..32] + "…", kind);
        List<(int First, int Last)>? online = Ranges(available.Trim());
        if (online is not null && !wanted.TrueForAll(range => online.Exists(here => here.First <= range.First && range.Last <= here.Last)))
        {
            string noun = kind == "cpus" ? "CPUs" : "memory nodes";
            throw EngineException.InvalidParameter($"Requested {noun} are not available - requested {list}, available: {available.Trim()}");
        }
    }

    private static EngineException Invalid(string list, string kind) => EngineException.InvalidParameter($"Invalid value {list} for cpuset {kind}");

    private static List<(int First, int Last)>? Ranges(string list)
    {
        List<(int First, int Last)> ranges = [];
        foreach (string part in list.Split(','))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !Number(ends[0], out int first) || !Number(ends[^1], out int last) || last < first)
            {
                return null;
            }

            ranges.Add((first, last));
        }

        return ranges;
    }

    private static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
