using System.Text.Json.Nodes;
using Rtd.Client.CommandLine;
using Rtd.Client.Json;
using Rtd.Protocol.Text;

namespace Rtd.Client.Containers;

/// <summary>--network: a network's name or mode, or key=value pairs with the endpoint's settings.</summary>
internal sealed class NetworkFlag
{
    private NetworkFlag(string target)
    {
        Target = target;
    }

    public string Target { get; private set; }

    public List<string> Aliases { get; } = [];

    public List<string> Links { get; } = [];

    public JsonArray LinkLocalIps { get; } = [];

    public JsonObject DriverOptions { get; } = [];

    public string? Ip { get; set; }

    public string? Ip6 { get; set; }

    public string? MacAddress { get; set; }

    public long GatewayPriority { get; private set; }

    /// <exception cref="FormatException">A field is unknown or the name is missing.</exception>
    public static NetworkFlag Parse(string text)
    {
        NetworkFlag network = new(text);
        if (!IsPairs(text))
        {
            return network;
        }

        network.Target = "";
        foreach (string field in Csv.Split(text))
        {
            int equals = field.IndexOf('=');
            if (equals < 0)
            {
                throw new FormatException($"invalid field {field}");
            }

            network.Set(field[..equals].Trim().ToLowerInvariant(), field[(equals + 1)..].Trim());
        }

        return network.Target.Length > 0 ? network : throw new FormatException("network name/id is not specified");
    }

    /// <summary>The endpoint's settings as the API takes them.</summary>
    public JsonObject ToJson()
    {
        JsonObject endpoint = [];
        JsonObject addresses = [];
        addresses.AddText("IPv4Address", Ip);
        addresses.AddText("IPv6Address", Ip6);
        if (LinkLocalIps.Count > 0)
        {
            addresses["LinkLocalIPs"] = LinkLocalIps.DeepClone();
        }

        if (addresses.Count > 0)
        {
            endpoint["IPAMConfig"] = addresses;
        }

        if (Aliases.Count > 0)
        {
            endpoint["Aliases"] = JsonLists.Of(Aliases);
        }

        if (Links.Count > 0)
        {
            endpoint["Links"] = JsonLists.Of(Links);
        }

        if (DriverOptions.Count > 0)
        {
            endpoint["DriverOpts"] = DriverOptions.DeepClone();
        }

        if (GatewayPriority != 0)
        {
            endpoint["GwPriority"] = GatewayPriority;
        }

        endpoint.AddText("MacAddress", MacAddress);
        return endpoint;
    }

    private static bool IsPairs(string text)
    {
        int equals = text.IndexOf('=');
        return equals > 0 && equals < text.Length - 1 && text.AsSpan(0, equals).IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") < 0;
    }

    private void Set(string key, string value)
    {
        switch (key)
        {
            case "name":
                Target = value;
                break;
            case "alias":
                Aliases.Add(value);
                break;
            case "ip":
                Ip = value;
                break;
            case "ip6":
                Ip6 = value;
                break;
            case "mac-address":
                MacAddress = value;
                break;
            case "link-local-ip":
                LinkLocalIps.Add((JsonNode)value);
                break;
            case "driver-opt":
                int equals = value.IndexOf('=');
                DriverOptions[equals < 0 ? throw new FormatException($"invalid key value pair format in driver options: {value}") : value[..equals]] = value[(equals + 1)..];
                break;
            case "gw-priority":
                GatewayPriority = GoParse.Int(value);
                break;
            default:
                throw new FormatException($"invalid field key {key}");
        }
    }
}
