using System.Net;

namespace Rtd.Daemon.Networking.Links;

/// <summary>An address of a link of the host.</summary>
internal sealed record LinkAddress(int Link, IPAddress Address, int PrefixLength);
