using System.Net;
using Rtd.Daemon.Networking.Addressing;

namespace Rtd.Daemon.Networking;

/// <summary>A subnet of a network.</summary>
/// <param name="Range">The part that containers get addresses from, when it is not all.</param>
internal sealed record NetworkPool(Ipv4Subnet Subnet, Ipv4Subnet? Range, IPAddress Gateway);
