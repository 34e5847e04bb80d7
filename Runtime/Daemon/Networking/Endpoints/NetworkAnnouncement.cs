using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Endpoints;

/// <summary>
/// Tells the neighbours of a namespace's links who has the addresses now, by gratuitous ARP (RFC 5227) and unsolicited neighbour advertisements
/// (RFC 4861, 7.2.6): who knew a former container by one of them would else go on sending to its MAC address.
/// </summary>
internal static class NetworkAnnouncement
{
    private const int MacSize = 6, EthernetHeader = 14, ArpSize = 28, IPv6Header = 40, AdvertisementSize = 32;

    private const ushort TypeArp = 0x0806, TypeIPv4 = 0x0800, TypeIPv6 = 0x86dd, HardwareEthernet = 1, OperationRequest = 1;

    private const byte NextHeaderIcmp = 58, HopLimit = 255, NeighbourAdvertisement = 136, FlagOverride = 0x20, OptionTargetLinkAddress = 2;

    /// <summary>ff02::1 as an Ethernet group.</summary>
    private static ReadOnlySpan<byte> AllNodesMac => [0x33, 0x33, 0, 0, 0, 1];

    private static ReadOnlySpan<byte> AllNodes => [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    /// <summary>To be called where the links are, once <see cref="Rtd.Protocol.Netlink.NetworkSetup"/> is done. What cannot be sent is not: a neighbour that hears nothing asks.</summary>
    public static void Send(NetworkState state)
    {
        if (state.Interfaces.Count == 0)
        {
            return;
        }

        using SafeFileHandle socket = Libc.packet_socket();
        Span<byte> mac = stackalloc byte[MacSize];
        for (int i = 0; i < state.Interfaces.Count; i++)
        {
            NetworkInterface link = state.Interfaces[i];
            int index = Libc.try_ifindex(socket.Fd(), link.Name);
            if (index <= 0 || Libc.try_hwaddr(socket.Fd(), link.Name, mac) < 0)
            {
                continue;
            }

            for (int j = 0; j < link.Addresses.Count; j++)
            {
                IPAddress address = link.Addresses[j].Address;
                byte[] frame = address.AddressFamily == AddressFamily.InterNetworkV6 ? Advertisement(address, mac) : Arp(address, mac);
                _ = Libc.try_send_frame(socket.Fd(), index, frame);
            }
        }
    }

    internal static byte[] Arp(IPAddress address, ReadOnlySpan<byte> mac)
    {
        byte[] frame = new byte[EthernetHeader + ArpSize];
        Span<byte> broadcast = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        WriteEthernet(frame, broadcast, mac, TypeArp);
        Span<byte> arp = frame.AsSpan(EthernetHeader);
        BinaryPrimitives.WriteUInt16BigEndian(arp, HardwareEthernet);
        BinaryPrimitives.WriteUInt16BigEndian(arp[2..], TypeIPv4);
        arp[4] = MacSize;
        arp[5] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(arp[6..], OperationRequest);
        mac.CopyTo(arp[8..]);
        address.TryWriteBytes(arp[14..], out _);
        address.TryWriteBytes(arp[24..], out _);
        return frame;
    }

    internal static byte[] Advertisement(IPAddress address, ReadOnlySpan<byte> mac)
    {
        byte[] frame = new byte[EthernetHeader + IPv6Header + AdvertisementSize];
        WriteEthernet(frame, AllNodesMac, mac, TypeIPv6);
        Span<byte> ip = frame.AsSpan(EthernetHeader);
        ip[0] = 6 << 4;
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], AdvertisementSize);
        ip[6] = NextHeaderIcmp;
        ip[7] = HopLimit;
        address.TryWriteBytes(ip[8..], out _);
        AllNodes.CopyTo(ip[24..]);
        Span<byte> icmp = ip[IPv6Header..];
        icmp[0] = NeighbourAdvertisement;
        icmp[4] = FlagOverride;
        address.TryWriteBytes(icmp[8..], out _);
        icmp[24] = OptionTargetLinkAddress;
        icmp[25] = 1; // in units of eight bytes
        mac.CopyTo(icmp[26..]);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], Checksum(ip));
        return frame;
    }

    private static void WriteEthernet(Span<byte> frame, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> source, ushort type)
    {
        destination.CopyTo(frame);
        source.CopyTo(frame[MacSize..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[(2 * MacSize)..], type);
    }

    /// <summary>Over the pseudo header (addresses, length, next header) and the message, whose own field is still zero.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> ip)
    {
        uint sum = AdvertisementSize + NextHeaderIcmp;
        for (int i = 8; i < IPv6Header + AdvertisementSize; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(ip[i..]);
        }

        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~((sum & 0xffff) + (sum >> 16));
    }
}
