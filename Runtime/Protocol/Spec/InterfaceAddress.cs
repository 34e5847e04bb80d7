using System.Net;

namespace Rtd.Protocol.Spec;

/// <summary>An address on an interface.</summary>
internal sealed record InterfaceAddress(IPAddress Address, int PrefixLength);
