using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const int IPPROTO_IP = 0, IPPROTO_IPV6 = 41;

    private const int IP_PKTINFO = 8, IPV6_PKTINFO = 50;

    [StructLayout(LayoutKind.Sequential)]
    private struct in_pktinfo
    {
        public int ipi_ifindex;
        public uint ipi_spec_dst;
        public uint ipi_addr;
    }

    /// <summary>Sends a datagram with a chosen source address, one of the host's own; see ip(7). Returns the count or the negative errno.</summary>
    /// <param name="destination">struct sockaddr.</param>
    public static unsafe int try_sendmsg_from(int fd, ReadOnlySpan<byte> data, ReadOnlySpan<byte> destination, IPAddress source)
    {
        const int IPv6Size = 16;
        // struct in6_pktinfo is the address and an int.
        byte* control = stackalloc byte[sizeof(cmsghdr) + 24];
        new Span<byte>(control, sizeof(cmsghdr) + 24).Clear();
        cmsghdr* header = (cmsghdr*)control;
        bool six = source.AddressFamily == AddressFamily.InterNetworkV6;
        int size = six ? IPv6Size + sizeof(int) : sizeof(in_pktinfo);
        header->cmsg_len = (nuint)(sizeof(cmsghdr) + size);
        header->cmsg_level = six ? IPPROTO_IPV6 : IPPROTO_IP;
        header->cmsg_type = six ? IPV6_PKTINFO : IP_PKTINFO;
        byte* address = six ? (byte*)(header + 1) : (byte*)&((in_pktinfo*)(header + 1))->ipi_spec_dst;
        source.TryWriteBytes(new Span<byte>(address, six ? IPv6Size : sizeof(uint)), out _);
        fixed (byte* start = data, name = destination)
        {
            iovec vector = new() { iov_base = start, iov_len = (nuint)data.Length };
            msghdr message = new()
            {
                msg_name = name,
                msg_namelen = (uint)destination.Length,
                msg_iov = &vector,
                msg_iovlen = 1,
                msg_control = control,
                msg_controllen = (nuint)((sizeof(cmsghdr) + size + 7) & ~7),
            };
            while (true)
            {
                nint count = _sendmsg(fd, &message, MSG_NOSIGNAL);
                if (count >= 0)
                {
                    return (int)count;
                }

                int errno = Marshal.GetLastPInvokeError();
                if (errno != EINTR)
                {
                    return -errno;
                }
            }
        }
    }
}
