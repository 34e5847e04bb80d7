using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rtd.Daemon.Networking.Addressing;

/// <summary>An IPv4 network: addresses are numbers in host order here.</summary>
internal readonly record struct Ipv4Subnet
{
    public Ipv4Subnet(uint address, int prefixLength)
    {
        PrefixLength = prefixLength;
        First = address & MaskOf(prefixLength);
    }

    public Ipv4Subnet(IPAddress address, int prefixLength)
        : this(ToNumber(address), prefixLength)
    {
    }

    /// <summary>The network address.</summary>
    public uint First { get; }

    public int PrefixLength { get; }

    /// <summary>The broadcast address.</summary>
    public uint Last => First | ~MaskOf(PrefixLength);

    public bool Contains(uint address) => address >= First && address <= Last;

    public bool Contains(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork && Contains(ToNumber(address));

    public bool Contains(Ipv4Subnet other) => other.First >= First && other.Last <= Last;

    public bool Overlaps(Ipv4Subnet other) => other.First <= Last && First <= other.Last;

    /// <summary><c>172.17.0.0/16</c></summary>
    public override string ToString() => $"{ToAddress(First)}/{PrefixLength}";

    public static uint ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (!address.TryWriteBytes(bytes, out int length) || length != 4)
        {
            throw new ArgumentException($"not an IPv4 address: {address}", nameof(address));
        }

        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    public static IPAddress ToAddress(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }

    /// <summary>Splits <c>address/prefix</c>; the address may have host bits.</summary>
    public static bool TryParseCidr(string text, [NotNullWhen(true)] out IPAddress? address, out int prefixLength)
    {
        prefixLength = 0;
        address = null;
        int slash = text.IndexOf('/');
        return slash > 0
            && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefixLength)
            && prefixLength <= 32
            && text.AsSpan(0, slash).Count('.') == 3
            && IPAddress.TryParse(text.AsSpan(0, slash), out address)
            && address.AddressFamily == AddressFamily.InterNetwork;
    }

    private static uint MaskOf(int prefixLength) => prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength);
}
