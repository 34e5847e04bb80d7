using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rtd.Client.Engine;
using Rtd.Client.Json;

namespace Rtd.Client.Networks;

/// <summary>Makes a network.</summary>
internal static class NetworkCreate
{
    public static int Run(ClientContext context, NetworkCreateOptions options, List<string> arguments)
    {
        JsonObject body = new()
        {
            ["Name"] = arguments[0],
            ["Driver"] = options.Driver,
            ["Options"] = JsonLists.Map(options.Options),
            ["Labels"] = JsonLists.Map(options.Labels),
            ["IPAM"] = new JsonObject { ["Driver"] = options.IpamDriver, ["Options"] = JsonLists.Map(options.IpamOptions), ["Config"] = Pools(options) },
            ["Internal"] = options.Internal,
            ["Attachable"] = options.Attachable,
            ["Ingress"] = options.Ingress,
            ["ConfigOnly"] = options.ConfigOnly,
            ["EnableIPv4"] = options.Ipv4,
            ["EnableIPv6"] = options.Ipv6,
        };
        body.AddText("Scope", options.Scope);
        if (options.ConfigFrom is not null)
        {
            body["ConfigFrom"] = new JsonObject { ["Network"] = options.ConfigFrom };
        }

        using JsonDocument answer = context.Engine.PostJson("/networks/create", body);
        if (answer.RootElement.Text("Warning") is { Length: > 0 } warning)
        {
            context.Complain("WARNING: " + warning);
        }

        context.Out.WriteLine(answer.RootElement.Text("Id"));
        return 0;
    }

    /// <summary>Each subnet with the ranges, gateways and reserved addresses that lie in it.</summary>
    internal static JsonArray Pools(NetworkCreateOptions options)
    {
        List<(IPNetwork Network, JsonObject Pool)> pools = [];
        foreach (string subnet in options.Subnets)
        {
            IPNetwork network = ParseSubnet(subnet);
            if (pools.Any(pool => pool.Network.Contains(network.BaseAddress) || network.Contains(pool.Network.BaseAddress)))
            {
                throw new ClientException("multiple overlapping subnet configuration is not supported");
            }

            pools.Add((network, new JsonObject { ["Subnet"] = subnet }));
        }

        if (pools.Count == 0 && (options.IpRanges.Any() || options.Gateways.Any()))
        {
            throw new ClientException("every ip-range or gateway must have a corresponding subnet");
        }

        Assign(pools, options.IpRanges, "IPRange", "ip-range");
        Assign(pools, options.Gateways, "Gateway", "gateway");
        AssignReserved(pools, options.AuxAddresses);
        return JsonLists.Of(pools.Select(pool => pool.Pool));
    }

    private static void Assign(List<(IPNetwork Network, JsonObject Pool)> pools, IEnumerable<string> values, string key, string what)
    {
        foreach (string value in values)
        {
            JsonObject pool = Find(pools, value, what);
            pool[key] = pool.ContainsKey(key) ? throw new ClientException($"cannot configure multiple {(key == "Gateway" ? "gateways" : "ranges")} ({value}, {pool[key]}) on the same subnet ({pool["Subnet"]})") : value;
        }
    }

    private static void AssignReserved(List<(IPNetwork Network, JsonObject Pool)> pools, IEnumerable<string> pairs)
    {
        foreach ((string name, JsonNode? address) in JsonLists.Map(pairs))
        {
            JsonObject pool = Find(pools, address!.ToString(), "aux-address");
            if (pool["AuxiliaryAddresses"] is not JsonObject reserved)
            {
                pool["AuxiliaryAddresses"] = reserved = [];
            }

            reserved[name] = address.ToString();
        }
    }

    private static JsonObject Find(List<(IPNetwork Network, JsonObject Pool)> pools, string value, string what)
    {
        int slash = value.IndexOf('/');
        if (!IPAddress.TryParse(slash < 0 ? value : value[..slash], out IPAddress? address))
        {
            throw new ClientException($"invalid {what}: {value}");
        }

        foreach ((IPNetwork network, JsonObject pool) in pools)
        {
            if (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address))
            {
                return pool;
            }
        }

        throw new ClientException($"no matching subnet for {what} {value}");
    }

    /// <summary>A subnet; host bits are allowed and ignored.</summary>
    private static IPNetwork ParseSubnet(string text)
    {
        int slash = text.IndexOf('/');
        if (slash < 0 || !IPAddress.TryParse(text[..slash], out IPAddress? address) || !int.TryParse(text[(slash + 1)..], out int length))
        {
            throw new ClientException($"invalid CIDR address: {text}");
        }

        byte[] bytes = address.GetAddressBytes();
        if (length < 0 || length > bytes.Length * 8)
        {
            throw new ClientException($"invalid CIDR address: {text}");
        }

        for (int bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(bytes), length);
    }
}
