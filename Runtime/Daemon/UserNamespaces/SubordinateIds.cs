using System.Globalization;
using Rtd.Daemon.Configuration;

namespace Rtd.Daemon.UserNamespaces;

/// <summary>Ranges of ids that a user may give away: /etc/subuid and /etc/subgid, see subuid(5).</summary>
internal static class SubordinateIds
{
    private const string UidFile = "/etc/subuid", GidFile = "/etc/subgid";

    /// <summary>As many lines as /proc/PID/uid_map takes, Linux 4.15.</summary>
    private const int MaxRanges = 340;

    /// <exception cref="ConfigurationException">There are none, or they are not usable.</exception>
    public static IdMaps Read(RemapSetting setting, uint uid)
    {
        string[] user = [setting.User, uid.ToString(CultureInfo.InvariantCulture)];
        return new IdMaps(
            Map(Find(Lines(UidFile), user), $"no subuid ranges found for user \"{setting.User}\" in {UidFile}", UidFile),

            // subgid(5) has users' names too; Docker before 23.0 looked for the group's.
            Map(Find(Lines(GidFile), [setting.Group]) is { Count: > 0 } ofGroup ? ofGroup : Find(Lines(GidFile), user), $"no subgid ranges found for group \"{setting.Group}\" in {GidFile}", GidFile));
    }

    /// <summary>The ranges of an owner, by name or number.</summary>
    /// <exception cref="ConfigurationException">A line of his cannot be read.</exception>
    internal static IReadOnlyList<(uint First, uint Count)> Find(IEnumerable<string> lines, IReadOnlyList<string> owner)
    {
        List<(uint, uint)> found = [];
        foreach (string line in lines.Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            string[] words = line.Split(':');
            if (!owner.Contains(words[0]))
            {
                continue;
            }

            found.Add(words.Length == 3 && TryNumber(words[1], out uint first) && TryNumber(words[2], out uint count)
                ? (first, count)
                : throw new ConfigurationException($"cannot parse subuid/gid ranges: invalid range \"{line}\""));
        }

        return found;
    }

    /// <summary>Ranges one after another, from 0 inside, in the order of their ids outside, as Docker lays them.</summary>
    /// <param name="absent">What to say when there are none.</param>
    /// <param name="file">Where they are from.</param>
    internal static IdMap Map(IReadOnlyList<(uint First, uint Count)> ranges, string absent, string file)
    {
        List<IdRange> map = [];
        ulong inside = 0, free = 1; // 0 would make the host's root a user of containers
        foreach ((uint first, uint count) in ranges.Where(range => range.Count > 0).Order())
        {
            if (first < free || (ulong)first + count > uint.MaxValue)
            {
                throw new ConfigurationException($"{file}: the range {first}:{count} overlaps another one, has root's id in it, or goes past the last id");
            }

            free = (ulong)first + count;
            map.Add(new IdRange((uint)inside, first, count));
            inside += count;
        }

        return map.Count is > 0 and <= MaxRanges ? new IdMap(map)
            : throw new ConfigurationException(map.Count == 0 ? absent : $"{file}: more than {MaxRanges} ranges cannot be used");
    }

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"can't create ID mappings: {failure.Message}");
        }
    }

    private static bool TryNumber(string text, out uint number) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
