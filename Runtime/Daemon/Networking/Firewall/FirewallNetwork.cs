using Rtd.Daemon.Networking.Addressing;

namespace Rtd.Daemon.Networking.Firewall;

/// <summary>A bridge as the firewall sees it.</summary>
/// <param name="Icc">Its containers may reach each other through the host.</param>
/// <param name="Masquerade">Traffic to elsewhere carries the host's address.</param>
/// <param name="Internal">Nothing passes between it and other links.</param>
internal sealed record FirewallNetwork(string Bridge, IReadOnlyList<IpSubnet> Subnets, bool Icc, bool Masquerade, bool Internal);
