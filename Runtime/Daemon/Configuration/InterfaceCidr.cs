using System.Net;

namespace Rtd.Daemon.Configuration;

/// <summary>An address with the prefix length of its network, such as 192.168.5.1/24.</summary>
internal sealed record InterfaceCidr(IPAddress Address, int PrefixLength)
{
    public override string ToString() => $"{Address}/{PrefixLength}";
}
