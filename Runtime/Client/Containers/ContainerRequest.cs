using System.Text.Json.Nodes;
using Rtd.Client.Json;

namespace Rtd.Client.Containers;

/// <summary>The body of containers/create from the options of run or create. Only what was asked for is sent; the daemon knows the defaults.</summary>
internal sealed class ContainerRequest
{
    private ContainerRequest(JsonObject body, string image)
    {
        Body = body;
        Image = image;
    }

    /// <summary>Config, HostConfig and NetworkingConfig in one object, as the API has it.</summary>
    public JsonObject Body { get; }

    public string Image { get; }

    /// <exception cref="ClientException">Options contradict each other or are malformed.</exception>
    public static ContainerRequest Build(ContainerOptions options, List<string> arguments, IEnumerable<string> proxyEnvironment, string apiVersion)
    {
        string image = arguments[0];
        List<PortFlag> ports = [.. options.Basic.Publish.SelectMany(PortFlag.Parse)];
        List<NetworkFlag> networks = ReadNetworks(options);
        JsonObject body = ConfigSection.Build(options, image, arguments.GetRange(1, arguments.Count - 1), ports, proxyEnvironment);
        body["HostConfig"] = HostConfigSection.Build(options, ports, networks);
        AddEndpoints(body, options, networks, apiVersion);
        return new ContainerRequest(body, image);
    }

    private static List<NetworkFlag> ReadNetworks(ContainerOptions options)
    {
        List<NetworkFlag> networks = [.. options.Basic.Networks.Select(NetworkFlag.Parse)];
        if (networks.Count == 0)
        {
            networks.Add(NetworkFlag.Parse("default"));
        }

        NetworkFlag first = networks[0];
        string[] aliases = [.. options.Endpoint.NetworkAliases];
        if (aliases.Length > 0 && first.Aliases.Count > 0)
        {
            throw new ClientException("conflicting options: cannot specify both --network-alias and per-network alias");
        }

        first.Aliases.AddRange(aliases);
        first.Ip = Single(options.Endpoint.Ip, first.Ip, "--ip", "IPv4 address");
        first.Ip6 = Single(options.Endpoint.Ip6, first.Ip6, "--ip6", "IPv6 address");
        first.MacAddress = Single(CheckedMac(options.Endpoint.MacAddress), first.MacAddress, "--mac-address", "MAC address");
        foreach (string address in options.Endpoint.LinkLocalIps)
        {
            first.LinkLocalIps.Add((JsonNode)address);
        }

        if (IsUserDefined(first.Target))
        {
            first.Links.AddRange(options.Endpoint.Links);
        }

        return networks;
    }

    private static string? Single(string? option, string? field, string name, string what) =>
        option is not null && field is not null ? throw new ClientException($"conflicting options: cannot specify both {name} and per-network {what}") : option ?? field;

    private static string? CheckedMac(string? address)
    {
        if (address is null)
        {
            return null;
        }

        string[] parts = address.Trim().Split(':', '-');
        bool isValid = parts.Length is 6 or 8 or 20 && parts.All(part => part.Length == 2 && part.All(char.IsAsciiHexDigit));
        return isValid ? address.Trim() : throw new ClientException($"{address.Trim()} is not a valid mac address");
    }

    private static void AddEndpoints(JsonObject body, ContainerOptions options, List<NetworkFlag> networks, string apiVersion)
    {
        JsonObject endpoints = [];
        foreach (NetworkFlag network in networks)
        {
            JsonObject endpoint = network.ToJson();
            if (networks.Count > 1 || endpoint.Count > 0 || IsUserDefined(network.Target))
            {
                endpoints[network.Target] = endpoint;
            }
        }

        if (endpoints.Count > 0)
        {
            body["NetworkingConfig"] = new JsonObject { ["EndpointsConfig"] = endpoints };
        }

        // Daemons before 1.44 know the address of the container only, not of each endpoint.
        if (options.Endpoint.MacAddress is not null && Engine.ApiVersion.Compare(apiVersion, "1.44") < 0)
        {
            body["MacAddress"] = options.Endpoint.MacAddress;
        }
    }

    private static bool IsUserDefined(string network) =>
        network is not ("default" or "bridge" or "host" or "none" or "") && !network.StartsWith("container:", StringComparison.Ordinal);
}
