using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rtd.Daemon.Networking.Addressing;

/// <summary>An IPv4 or IPv6 network: addresses are numbers in host order here.</summary>
internal readonly record struct IpSubnet
{
    public IpSubnet(IPAddress address, int prefixLength)
        : this(ToNumber(address), prefixLength, address.AddressFamily)
    {
    }

    public IpSubnet(UInt128 address, int prefixLength, AddressFamily family)
    {
        Family = family;
        PrefixLength = prefixLength;
        First = address & ~HostMask;
    }

    public AddressFamily Family { get; }

    public bool IsIPv6 => Family == AddressFamily.InterNetworkV6;

    /// <summary>The network address.</summary>
    public UInt128 First { get; }

    public int PrefixLength { get; }

    /// <summary>The broadcast address of IPv4; the last address of IPv6.</summary>
    public UInt128 Last => First | HostMask;

    public int Bits => BitsOf(Family);

    private UInt128 HostMask => Bits == PrefixLength ? 0 : UInt128.MaxValue >> (128 - Bits + PrefixLength);

    /// <summary>An address by its place in the subnet.</summary>
    public IPAddress this[UInt128 offset] => ToAddress(First + offset, Family);

    public bool Contains(UInt128 address) => address >= First && address <= Last;

    public bool Contains(IPAddress address) => address.AddressFamily == Family && Contains(ToNumber(address));

    public bool Contains(IpSubnet other) => other.Family == Family && other.First >= First && other.Last <= Last;

    public bool Overlaps(IpSubnet other) => other.Family == Family && other.First <= Last && First <= other.Last;

    /// <summary><c>172.17.0.0/16</c></summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ToAddress(First, Family)}/{PrefixLength}");

    public static int BitsOf(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? 128 : 32;

    public static UInt128 ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out int length) && length == 16
            ? BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    public static IPAddress ToAddress(UInt128 number, AddressFamily family)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (family == AddressFamily.InterNetworkV6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
            return new IPAddress(bytes);
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)number);
        return new IPAddress(bytes[..4]);
    }

    /// <summary>Parses <c>address/prefix</c>; host bits are cut off.</summary>
    public static IpSubnet? Parse(string? text) =>
        text is not null && TryParseCidr(text, out IPAddress? address, out int prefixLength) ? new IpSubnet(address, prefixLength) : null;

    /// <summary>Splits <c>address/prefix</c>; the address may have host bits.</summary>
    public static bool TryParseCidr(string text, [NotNullWhen(true)] out IPAddress? address, out int prefixLength)
    {
        prefixLength = 0;
        address = null;
        int slash = text.IndexOf('/');
        return slash > 0
            && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefixLength)
            && TryParseAddress(text[..slash], out address)
            && prefixLength <= BitsOf(address.AddressFamily);
    }

    /// <summary>An address in full: the framework also takes <c>10.1</c> and <c>167772161</c> for one, and scopes.</summary>
    public static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address)
        && (address.AddressFamily == AddressFamily.InterNetwork ? text.AsSpan().Count('.') == 3 : text.AsSpan().IndexOfAny("%[]") < 0)
        && !address.IsIPv4MappedToIPv6;
}
