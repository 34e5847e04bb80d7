using System.Net;

namespace Rtd.Daemon.Networking;

/// <summary>A name server that a container's questions are passed on to.</summary>
/// <param name="OnHost">It is on the host's loopback or on a link of the host, so the host asks; all others are asked from the container's own namespace.</param>
/// <param name="OfHost">It is one of the host's own: the host asks where the container has no address of its family.</param>
internal sealed record NameServer(IPAddress Address, bool OnHost, bool OfHost = false);
