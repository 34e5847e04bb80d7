using System.Globalization;
using System.Net;

namespace Rtd.Daemon.Networking.Names;

/// <summary>Names that ask for the name of an address: <c>2.0.17.172.in-addr.arpa</c>, and by nibbles in <c>ip6.arpa</c>.</summary>
internal static class ReverseName
{
    private const string SuffixV4 = ".in-addr.arpa", SuffixV6 = ".ip6.arpa";

    public static IPAddress? Parse(string name)
    {
        if (name.EndsWith(SuffixV4, StringComparison.OrdinalIgnoreCase))
        {
            string[] parts = name[..^SuffixV4.Length].Split('.');
            Array.Reverse(parts);
            return parts.Length == 4 && IPAddress.TryParse(string.Join('.', parts), out IPAddress? address) ? address : null;
        }

        if (!name.EndsWith(SuffixV6, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string[] nibbles = name[..^SuffixV6.Length].Split('.');
        byte[] bytes = new byte[16];
        if (nibbles.Length != 32)
        {
            return null;
        }

        for (int i = 0; i < nibbles.Length; i++)
        {
            if (nibbles[i].Length != 1 || !byte.TryParse(nibbles[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte nibble))
            {
                return null;
            }

            bytes[15 - i / 2] |= (byte)(i % 2 == 0 ? nibble : nibble << 4);
        }

        return new IPAddress(bytes);
    }
}
