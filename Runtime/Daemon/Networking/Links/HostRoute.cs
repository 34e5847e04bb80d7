using Rtd.Daemon.Networking.Addressing;

namespace Rtd.Daemon.Networking.Links;

/// <summary>A route of the host.</summary>
/// <param name="Link">Index of the outgoing link, or 0 (multipath, blackhole).</param>
internal sealed record HostRoute(IpSubnet Destination, int Link);
