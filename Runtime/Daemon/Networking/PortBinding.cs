using System.Net;

namespace Rtd.Daemon.Networking;

/// <summary>A published port at one address of the host.</summary>
/// <param name="Protocol">tcp, udp or sctp.</param>
/// <param name="HostAddress">Any-address for all.</param>
/// <param name="HostPort">0 before it is bound: any free port.</param>
/// <param name="HostPortEnd">Last port of a range to choose from; equal to HostPort otherwise.</param>
internal sealed record PortBinding(string Protocol, int ContainerPort, IPAddress HostAddress, int HostPort, int HostPortEnd);
