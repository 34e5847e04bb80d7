namespace Rtd.Daemon.Networking.Links;

/// <summary>What the kernel says of a link.</summary>
/// <param name="Kind">"bridge", "veth" …; empty for hardware.</param>
/// <param name="Master">The index of the bridge it is a port of, or 0.</param>
/// <param name="Alias">The free text that marks our links, or empty.</param>
internal sealed record LinkInfo(int Index, string Name, string Kind, int Master, string Alias, uint Mtu, byte[] MacAddress);
