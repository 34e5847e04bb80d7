using System.Globalization;

namespace Rtd.Daemon.Cgroups;

/// <summary>Reads the kernel's counters from control files. What is not there counts nothing.</summary>
internal static class CgroupCounters
{
    /// <summary>Lines of <c>key value</c>.</summary>
    public static Dictionary<string, ulong> Keys(string? text)
    {
        Dictionary<string, ulong> keys = [];
        foreach (string line in Lines(text))
        {
            int space = line.IndexOf(' ');
            if (space > 0 && TryParse(line.AsSpan(space + 1), out ulong value))
            {
                keys[line[..space]] = value;
            }
        }

        return keys;
    }

    public static ulong Number(CgroupDirectory? directory, string name) => TryParse(directory?.Read(name), out ulong value) ? value : 0;

    /// <summary>Null for "max" and for a file that is not there.</summary>
    public static ulong? Limit(CgroupDirectory? directory, string name) => TryParse(directory?.Read(name), out ulong value) ? value : null;

    /// <summary>Numbers with spaces between them.</summary>
    public static IReadOnlyList<ulong> Numbers(string? text) =>
        [.. (text ?? "").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(word => TryParse(word, out ulong value) ? value : 0)];

    /// <summary>v1: lines of <c>8:0 Read 4096</c>, and totals without a device.</summary>
    public static IReadOnlyList<BlkioCount> Devices(string? text)
    {
        List<BlkioCount> counts = [];
        foreach (string line in Lines(text))
        {
            if (line.Split(' ') is [var device, var operation, var number] && TryDevice(device, out ulong major, out ulong minor) && TryParse(number, out ulong value))
            {
                counts.Add(new BlkioCount(major, minor, operation, value));
            }
        }

        return counts;
    }

    /// <summary>v2: lines of <c>8:0 rbytes=4096 wbytes=0 rios=1 …</c></summary>
    public static IReadOnlyList<BlkioCount> Io(string? text)
    {
        List<BlkioCount> counts = [];
        foreach (string line in Lines(text))
        {
            string[] words = line.Split(' ');
            if (TryDevice(words[0], out ulong major, out ulong minor))
            {
                counts.Add(new BlkioCount(major, minor, "read", Value(words, "rbytes=")));
                counts.Add(new BlkioCount(major, minor, "write", Value(words, "wbytes=")));
            }
        }

        return counts;
    }

    private static ulong Value(string[] words, string key)
    {
        string? word = Array.Find(words, word => word.StartsWith(key, StringComparison.Ordinal));
        return word is not null && TryParse(word.AsSpan(key.Length), out ulong value) ? value : 0;
    }

    private static bool TryDevice(string text, out ulong major, out ulong minor)
    {
        int colon = text.IndexOf(':');
        minor = 0;
        major = 0;
        return colon > 0 && TryParse(text.AsSpan(0, colon), out major) && TryParse(text.AsSpan(colon + 1), out minor);
    }

    private static bool TryParse(ReadOnlySpan<char> text, out ulong value) => ulong.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static string[] Lines(string? text) => (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
