using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Networking.Addressing;

/// <summary>MAC addresses as Docker makes them.</summary>
internal static class MacAddresses
{
    /// <summary>02:42 and the four bytes of the address: unique where the address is, and the same again when the address is used again, so no ARP cache goes stale.</summary>
    public static byte[] FromAddress(IPAddress address) => [0x02, 0x42, .. address.GetAddressBytes()];

    /// <summary>Of a container without an IPv4 address: 02:42 and four random bytes.</summary>
    public static byte[] For(IPAddress? address) => address is null ? [0x02, 0x42, .. RandomNumberGenerator.GetBytes(4)] : FromAddress(address);

    /// <summary>Reads a requested address: six bytes with colons or dashes, not multicast, not zero.</summary>
    public static byte[] Parse(string text)
    {
        bool valid = PhysicalAddress.TryParse(text.ToUpperInvariant(), out PhysicalAddress? parsed);
        byte[] bytes = valid ? parsed!.GetAddressBytes() : [];
        return bytes.Length == 6 && (bytes[0] & 1) == 0 && bytes.AsSpan().ContainsAnyExcept((byte)0)
            ? bytes
            : throw EngineException.InvalidParameter($"invalid MAC address: {text}");
    }

    /// <summary><c>02:42:ac:11:00:02</c></summary>
    public static string Format(ReadOnlySpan<byte> bytes) =>
        string.Create(17, bytes, static (target, source) =>
        {
            for (int i = 0; i < 6; i++)
            {
                source[i].TryFormat(target[(i * 3)..], out _, "x2");
                if (i < 5)
                {
                    target[i * 3 + 2] = ':';
                }
            }
        });
}
