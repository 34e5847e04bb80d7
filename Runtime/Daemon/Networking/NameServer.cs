using System.Net;

namespace Rtd.Daemon.Networking;

/// <summary>A name server that a container's questions are passed on to.</summary>
/// <param name="OnHost">It is on the host's loopback, so the host asks; all others are asked from the container's own namespace.</param>
internal sealed record NameServer(IPAddress Address, bool OnHost);
