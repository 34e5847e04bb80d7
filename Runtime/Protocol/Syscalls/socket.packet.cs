using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const int AF_PACKET = 17;

    private const nuint SIOCGIFHWADDR = 0x8927;

    /// <summary><c>linux/if_packet.h</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct sockaddr_ll
    {
        public ushort sll_family;
        public ushort sll_protocol;
        public int sll_ifindex;
        public ushort sll_hatype;
        public byte sll_pkttype;
        public byte sll_halen;
        public fixed byte sll_addr[8];
    }

    [LibraryImport(LibraryName, EntryPoint = "sendto", SetLastError = true)]
    private static unsafe partial nint _sendto_packet(int fd, void* data, nuint length, int flags, sockaddr_ll* address, uint addressLength);

    /// <summary>Opens a socket that sends whole frames and receives none.</summary>
    public static SafeFileHandle packet_socket()
    {
        int fd = _socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
        return fd >= 0 ? Own(fd) : throw Failure("socket", "packet");
    }

    /// <summary>Sends a frame out of a link, found by index. Returns 0 or the negative errno.</summary>
    public static unsafe int try_send_frame(int socket, int link, ReadOnlySpan<byte> frame)
    {
        sockaddr_ll address = new() { sll_family = AF_PACKET, sll_ifindex = link };
        fixed (byte* data = frame)
        {
            return _sendto_packet(socket, data, (nuint)frame.Length, 0, &address, (uint)sizeof(sockaddr_ll)) >= 0 ? 0 : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>The MAC address of a link in the namespace of the socket. Returns 0 or the negative errno.</summary>
    /// <param name="address">Six bytes.</param>
    public static unsafe int try_hwaddr(int socket, ReadOnlySpan<char> name, Span<byte> address)
    {
        // struct ifreq: the name, then a union of 24 bytes; of it two are the address's family.
        byte* request = stackalloc byte[IFNAMSIZ + 24];
        new Span<byte>(request, IFNAMSIZ + 24).Clear();
        if (name.Length >= IFNAMSIZ || !System.Text.Encoding.UTF8.TryGetBytes(name, new Span<byte>(request, IFNAMSIZ - 1), out _))
        {
            return -ENODEV;
        }

        if (_ioctl(socket, SIOCGIFHWADDR, (nint)request) != 0)
        {
            return -Marshal.GetLastPInvokeError();
        }

        new ReadOnlySpan<byte>(request + IFNAMSIZ + 2, address.Length).CopyTo(address);
        return 0;
    }
}
