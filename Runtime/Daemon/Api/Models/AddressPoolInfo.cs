namespace Rtd.Daemon.Api.Models;

/// <summary>A configured pool of subnets.</summary>
internal sealed record AddressPoolInfo(string Base, int Size);
