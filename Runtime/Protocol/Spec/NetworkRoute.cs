using System.Net;

namespace Rtd.Protocol.Spec;

/// <summary>A route to set in the container's network namespace.</summary>
/// <param name="Destination">The network; any-address with prefix 0 for the default route.</param>
/// <param name="PrefixLength">0 to 32 or 128.</param>
/// <param name="Gateway">The next hop, or null for an on-link route.</param>
/// <param name="Interface">The final name of the interface.</param>
internal sealed record NetworkRoute(IPAddress Destination, int PrefixLength, IPAddress? Gateway, string Interface);
