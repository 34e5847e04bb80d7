using System.Net;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Containers.Linking;

/// <summary>A link whose target runs.</summary>
/// <param name="Endpoint">The target's place on the default bridge.</param>
internal sealed record LinkedContainer(string Alias, ContainerRecord Target, IEndpoint Endpoint)
{
    /// <summary>The target's lines of the hosts file: alias, hostname, and its own name unless the alias is that.</summary>
    public string HostLines => string.Concat(
        new[] { Endpoint.Address, Endpoint.AddressV6 }.OfType<IPAddress>().Select(address => $"{address}\t{HostNames}\n"));

    /// <summary>What stands behind the address.</summary>
    public string HostNames => $"{Alias} {Target.Config.Hostname}{(Alias == Target.Name ? "" : " " + Target.Name)}";
}
