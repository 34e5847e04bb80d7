using System.Net;
using Rtd.Daemon.Networking.Addressing;

namespace Rtd.Daemon.Networking;

/// <summary>A subnet of a network.</summary>
/// <param name="Range">The part that containers get addresses from, when it is not all.</param>
/// <param name="Gateway">The containers' next hop; null in a network without one.</param>
/// <param name="Reserved">Addresses that other devices on the network have, by name.</param>
internal sealed record NetworkPool(IpSubnet Subnet, IpSubnet? Range, IPAddress? Gateway, IReadOnlyDictionary<string, IPAddress> Reserved);
