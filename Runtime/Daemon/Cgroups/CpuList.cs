using System.Globalization;

namespace Rtd.Daemon.Cgroups;

/// <summary>Lists such as <c>0-2,5</c> of CPUs or memory nodes, cpuset(7).</summary>
internal static class CpuList
{
    /// <summary>More than any kernel is built for (NR_CPUS); a bound, so that a list cannot cost memory (CVE-2018-20699).</summary>
    private const int Maximum = 8192;

    /// <summary>Null for what is no list.</summary>
    public static HashSet<int>? Parse(string text)
    {
        HashSet<int> members = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !TryNumber(ends[0], out int first) || !TryNumber(ends[^1], out int last) || last < first)
            {
                return null;
            }

            for (int member = first; member <= last; member++)
            {
                members.Add(member);
            }
        }

        return members;
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < Maximum;
}
