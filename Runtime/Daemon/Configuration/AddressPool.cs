using System.Net;

namespace Rtd.Daemon.Configuration;

/// <summary>A range that new networks get their subnets from.</summary>
/// <param name="Size">Prefix length of each subnet.</param>
internal sealed record AddressPool(IPNetwork Base, int Size);
