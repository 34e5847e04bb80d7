using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Api.Models;

internal sealed partial class NetworkCreateRequest
{
    /// <summary>What is to be made; throws for what only a swarm has, and for address management by a plugin.</summary>
    /// <param name="ipv6">What a network has that does not say.</param>
    public NetworkRecord ToRecord(bool ipv6)
    {
        if (Scope is not ("" or "local") || Ingress)
        {
            throw new EngineException(ErrorKind.Forbidden, "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.");
        }

        if (IPAM is { Driver: not ("" or "default") } ipam)
        {
            throw EngineException.InvalidParameter($"IPAM driver {ipam.Driver} is not supported: only \"default\" is");
        }

        return new NetworkRecord
        {
            Name = Name,
            Driver = Driver is "" or "default" ? "bridge" : Driver,
            EnableIPv4 = EnableIPv4 ?? true,
            EnableIPv6 = EnableIPv6 ?? (ipv6 && !ConfigOnly),
            ConfigOnly = ConfigOnly,
            ConfigFrom = ConfigFrom?.Network ?? "",
            Internal = Internal,
            Attachable = Attachable,
            Options = Options ?? [],
            Labels = Labels ?? [],
            IpamOptions = IPAM?.Options is { Count: > 0 } options ? options : null,
            Pools = [.. (IPAM?.Config ?? []).Select(ToRecord)],
        };
    }

    private static PoolRecord ToRecord(NetworkIpamConfig config) => new()
    {
        Subnet = config.Subnet,
        Range = config.IPRange ?? "",
        Gateway = config.Gateway ?? "",
        Reserved = config.AuxiliaryAddresses ?? [],
    };
}
