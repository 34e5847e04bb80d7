using System.Globalization;
using Rtd.Daemon.Api.Models;

namespace Rtd.Daemon.Containers.Statistics;

/// <summary>Counters of the network interfaces in a process's network namespace.</summary>
internal static class InterfaceCounters
{
    private const int ReceiveFields = 8;

    /// <summary>All interfaces but the loopback; null when there are none, or the process is gone.</summary>
    public static Dictionary<string, NetworkStats>? Read(int pid)
    {
        try
        {
            return Parse(File.ReadLines($"/proc/{pid}/net/dev"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <param name="lines">Of proc(5) net/dev: two lines of titles, then a line for each interface, eight numbers received and eight sent.</param>
    public static Dictionary<string, NetworkStats>? Parse(IEnumerable<string> lines)
    {
        Dictionary<string, NetworkStats> interfaces = [];
        foreach (string line in lines.Skip(2))
        {
            int colon = line.LastIndexOf(':');
            string name = line[..Math.Max(0, colon)].Trim();
            string[] numbers = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (name.Length > 0 && name != "lo" && numbers.Length >= 2 * ReceiveFields)
            {
                interfaces[name] = Interface([.. numbers.Select(number => ulong.Parse(number, CultureInfo.InvariantCulture))]);
            }
        }

        return interfaces.Count > 0 ? interfaces : null;
    }

    private static NetworkStats Interface(ulong[] counters) => new()
    {
        ReceivedBytes = counters[0],
        ReceivedPackets = counters[1],
        ReceiveErrors = counters[2],
        ReceiveDropped = counters[3],
        SentBytes = counters[ReceiveFields],
        SentPackets = counters[ReceiveFields + 1],
        SendErrors = counters[ReceiveFields + 2],
        SendDropped = counters[ReceiveFields + 3],
    };
}
