using System.Net;

namespace Rtd.Daemon.Networking;

/// <summary>A port that is to be published.</summary>
/// <param name="Protocol">tcp, udp or sctp.</param>
/// <param name="HostAddress">Null: the addresses that the network publishes on.</param>
/// <param name="HostPort">0: any free port.</param>
/// <param name="HostPortEnd">Last port of a range to choose from; equal to HostPort otherwise.</param>
internal sealed record PortRequest(string Protocol, int ContainerPort, IPAddress? HostAddress, int HostPort, int HostPortEnd);
