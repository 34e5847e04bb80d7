using System.Globalization;
using System.Text.Json;
using Rtd.Client.Json;

namespace Rtd.Client.Containers;

/// <summary>The PORTS column: "0.0.0.0:8080->80/tcp, 90-92/tcp". Ports in a row that are published under their own numbers become a range.</summary>
internal static class PortList
{
    public static string Text(JsonElement ports)
    {
        List<Port> sorted = [.. ports.Items().Select(Port.Read)];
        sorted.Sort(Port.Compare);
        List<string> parts = [];
        List<string> mappings = [];
        Dictionary<string, (int First, int Last)> ranges = [];
        List<string> order = [];
        foreach (Port port in sorted)
        {
            if (port.Ip.Length > 0 && port.Public != port.Private)
            {
                mappings.Add(string.Create(CultureInfo.InvariantCulture, $"{Host(port.Ip)}:{port.Public}->{port.Private}/{port.Protocol}"));
                continue;
            }

            string key = port.Ip.Length > 0 ? $"{port.Ip}/{port.Protocol}" : port.Protocol;
            if (!ranges.TryGetValue(key, out (int First, int Last) range))
            {
                order.Add(key);
                ranges[key] = (port.Private, port.Private);
            }
            else if (port.Private == range.Last + 1)
            {
                ranges[key] = (range.First, port.Private);
            }
            else if (port.Private != range.Last)
            {
                parts.Add(Range(key, range.First, range.Last));
                ranges[key] = (port.Private, port.Private);
            }
        }

        parts.AddRange(order.Select(key => Range(key, ranges[key].First, ranges[key].Last)));
        return string.Join(", ", parts.Concat(mappings));
    }

    private static string Range(string key, int first, int last)
    {
        int slash = key.LastIndexOf('/');
        string protocol = key[(slash + 1)..];
        string group = first == last ? first.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{first}-{last}");
        return slash < 0 ? $"{group}/{protocol}" : $"{Host(key[..slash])}:{group}->{group}/{protocol}";
    }

    private static string Host(string address) => address.Contains(':') ? $"[{address}]" : address;

    private readonly record struct Port(string Ip, int Private, int Public, string Protocol)
    {
        public static Port Read(JsonElement port) =>
            new(port.Text("IP"), (int)port.Number("PrivatePort"), (int)port.Number("PublicPort"), port.Text("Type"));

        public static int Compare(Port left, Port right) =>
            left.Private != right.Private ? left.Private.CompareTo(right.Private)
            : left.Ip != right.Ip ? string.CompareOrdinal(left.Ip, right.Ip)
            : left.Public != right.Public ? left.Public.CompareTo(right.Public)
            : string.CompareOrdinal(left.Protocol, right.Protocol);
    }
}
