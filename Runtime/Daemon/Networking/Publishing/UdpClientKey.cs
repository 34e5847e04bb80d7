using System.Net;

namespace Rtd.Daemon.Networking.Publishing;

/// <summary>A client of a published udp port, and the address of ours it has called: answers must come from that one.</summary>
internal readonly record struct UdpClientKey(IPEndPoint Client, IPAddress Local);
