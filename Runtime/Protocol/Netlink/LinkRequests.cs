using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Rtd.Protocol.Syscalls;

namespace Rtd.Protocol.Netlink;

/// <summary>The rtnetlink requests that daemon and rtinit share.</summary>
internal static class LinkRequests
{
    private const int MaxAddressSize = 16;

    /// <summary>Starts a change of an existing link, found by index; attributes may follow.</summary>
    public static NetlinkBatch ChangeLink(this NetlinkBatch batch, int index, bool up, string operation, string subject) =>
        batch.Begin(Rtnetlink.RTM_NEWLINK, 0, operation, subject)
            .LinkHeader(index: index, flags: up ? Rtnetlink.IFF_UP : 0, change: up ? Rtnetlink.IFF_UP : 0);

    /// <summary>Inside a link request: no IPv6 link-local address by itself (CVE-2024-32473: a v4-only network must not speak IPv6).</summary>
    public static NetlinkBatch NoLinkLocal(this NetlinkBatch batch)
    {
        int families = batch.BeginNest(Rtnetlink.IFLA_AF_SPEC);
        int inet6 = batch.BeginNest(Libc.AF_INET6);
        return batch.Put(Rtnetlink.IFLA_INET6_ADDR_GEN_MODE, Rtnetlink.IN6_ADDR_GEN_MODE_NONE).EndNest(inet6).EndNest(families);
    }

    /// <summary>Adds an address; an equal one that is there already is an error (EEXIST) unless <paramref name="replace"/>.</summary>
    public static NetlinkBatch AddAddress(this NetlinkBatch batch, int index, IPAddress address, int prefixLength, string subject, bool replace = false)
    {
        ushort flags = (ushort)(Rtnetlink.NLM_F_CREATE | (replace ? Rtnetlink.NLM_F_REPLACE : Rtnetlink.NLM_F_EXCL));
        batch.Begin(Rtnetlink.RTM_NEWADDR, flags, "add address", subject);
        AddressHeader(batch, index, address, prefixLength);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            // No duplicate detection: the address is unique by construction, and detection would keep it unusable for a second.
            batch.Put(Rtnetlink.IFA_FLAGS, Rtnetlink.IFA_F_NODAD);
        }

        return batch;
    }

    public static NetlinkBatch DeleteAddress(this NetlinkBatch batch, int index, IPAddress address, int prefixLength, string subject)
    {
        batch.Begin(Rtnetlink.RTM_DELADDR, 0, "delete address", subject, Libc.EADDRNOTAVAIL);
        AddressHeader(batch, index, address, prefixLength);
        return batch;
    }

    /// <summary>Adds a unicast route to the main table.</summary>
    /// <param name="destination">Any-address with prefix 0 for the default route.</param>
    /// <param name="gateway">Null for an on-link route.</param>
    /// <param name="replace">Takes the place of a route to the same destination.</param>
    public static NetlinkBatch AddRoute(
        this NetlinkBatch batch, int index, IPAddress destination, int prefixLength, IPAddress? gateway, string subject, bool replace = false)
    {
        Span<byte> header = stackalloc byte[Rtnetlink.RtMsgSize];
        header.Clear();
        header[0] = Family(destination);
        header[1] = (byte)prefixLength;
        header[4] = Rtnetlink.RT_TABLE_MAIN;
        header[5] = Rtnetlink.RTPROT_BOOT;
        header[6] = gateway is null ? Rtnetlink.RT_SCOPE_LINK : Rtnetlink.RT_SCOPE_UNIVERSE;
        header[7] = Rtnetlink.RTN_UNICAST;
        ushort flags = (ushort)(Rtnetlink.NLM_F_CREATE | (replace ? Rtnetlink.NLM_F_REPLACE : Rtnetlink.NLM_F_EXCL));
        batch.Begin(Rtnetlink.RTM_NEWROUTE, flags, "add route", subject).Raw(header);
        if (prefixLength > 0)
        {
            batch.PutAddress(Rtnetlink.RTA_DST, destination);
        }

        if (gateway is not null)
        {
            batch.PutAddress(Rtnetlink.RTA_GATEWAY, gateway);
        }

        return batch.Put(Rtnetlink.RTA_OIF, index);
    }

    public static NetlinkBatch PutAddress(this NetlinkBatch batch, ushort attribute, IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[MaxAddressSize];
        address.TryWriteBytes(bytes, out int length);
        return batch.Put(attribute, bytes[..length]);
    }

    private static void AddressHeader(NetlinkBatch batch, int index, IPAddress address, int prefixLength)
    {
        Span<byte> header = stackalloc byte[Rtnetlink.IfAddrMsgSize];
        header.Clear();
        header[0] = Family(address);
        header[1] = (byte)prefixLength;
        MemoryMarshal.Write(header[4..], in index);
        batch.Raw(header).PutAddress(Rtnetlink.IFA_LOCAL, address).PutAddress(Rtnetlink.IFA_ADDRESS, address);
        if (address.AddressFamily == AddressFamily.InterNetwork && prefixLength < 31)
        {
            batch.Put(Rtnetlink.IFA_BROADCAST, Broadcast(address, prefixLength));
        }
    }

    private static ReadOnlySpan<byte> Broadcast(IPAddress address, int prefixLength)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int bit = prefixLength; bit < 32; bit++)
        {
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return bytes;
    }

    private static byte Family(IPAddress address) =>
        (byte)(address.AddressFamily == AddressFamily.InterNetworkV6 ? Libc.AF_INET6 : Libc.AF_INET);
}
