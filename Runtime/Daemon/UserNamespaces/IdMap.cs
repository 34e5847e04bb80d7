using System.Globalization;

namespace Rtd.Daemon.UserNamespaces;

/// <summary>Which ids of the host the users, or groups, of a user namespace are.</summary>
internal sealed class IdMap(IReadOnlyList<IdRange> ranges)
{
    /// <summary>What the kernel shows for an id that has none (/proc/sys/kernel/overflowuid).</summary>
    public const uint Overflow = 65534;

    public IReadOnlyList<IdRange> Ranges => ranges;

    /// <summary>The first id inside that has none outside, if the ranges are without gaps, as ours are.</summary>
    public ulong End => ranges.Max(range => (ulong)range.Inside + range.Count);

    /// <summary>Reads /proc/PID/uid_map or gid_map.</summary>
    public static IdMap Parse(IEnumerable<string> lines) => new(
    [
        .. lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(words => new IdRange(Number(words[0]), Number(words[1]), Number(words[2]))),
    ]);

    /// <summary>The host's id of an id inside; null when it has none.</summary>
    public uint? ToOutside(uint inside)
    {
        foreach (IdRange range in ranges)
        {
            if (inside >= range.Inside && inside - range.Inside < range.Count)
            {
                return range.Outside + (inside - range.Inside);
            }
        }

        return null;
    }

    /// <summary>What an id of the host is seen as inside.</summary>
    public uint ToInside(uint outside)
    {
        foreach (IdRange range in ranges)
        {
            if (outside >= range.Outside && outside - range.Outside < range.Count)
            {
                return range.Inside + (outside - range.Outside);
            }
        }

        return Overflow;
    }

    /// <summary>As it is written to /proc/PID/uid_map.</summary>
    public override string ToString() =>
        string.Join('\n', ranges.Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.Inside} {range.Outside} {range.Count}")));

    private static uint Number(string text) => uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
