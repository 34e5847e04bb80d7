namespace Rtd.Protocol.Spec;

/// <summary>A link that the daemon has put into the container's network namespace, and what rtinit makes of it.</summary>
/// <param name="TemporaryName">The name it arrives with.</param>
/// <param name="Name">The name it gets (eth0 …).</param>
/// <param name="MacAddress">Six bytes, or empty to leave as it is.</param>
/// <param name="Mtu">Bytes; 0 leaves it as it is.</param>
/// <param name="Addresses">With prefix length, v4 and v6.</param>
internal sealed record NetworkInterface(string TemporaryName, string Name, byte[] MacAddress, int Mtu, IReadOnlyList<InterfaceAddress> Addresses);
