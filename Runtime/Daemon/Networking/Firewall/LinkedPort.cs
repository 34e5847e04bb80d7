using System.Net;

namespace Rtd.Daemon.Networking.Firewall;

/// <summary>A port of one container that another of the same bridge may reach though containers there do not reach each other (IPv4).</summary>
/// <param name="Protocol">tcp, udp or sctp.</param>
internal sealed record LinkedPort(string Bridge, IPAddress From, IPAddress To, string Protocol, int Port);
