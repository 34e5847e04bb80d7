namespace Rtd.Daemon.Networking.Addressing;

/// <summary>A range that networks get their subnets from.</summary>
/// <param name="Size">Prefix length of each subnet.</param>
/// <param name="Skip">How many subnets at the start are left alone.</param>
internal sealed record SubnetPool(IpSubnet Base, int Size, int Skip = 0);
