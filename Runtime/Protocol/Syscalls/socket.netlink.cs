using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const int AF_UNSPEC = 0, AF_INET = 2, AF_BRIDGE = 7, AF_INET6 = 10, AF_NETLINK = 16, SOCK_RAW = 3;

    /// <summary>Netlink families and socket options, <c>linux/netlink.h</c>.</summary>
    public const int NETLINK_ROUTE = 0, NETLINK_NETFILTER = 12, SOL_NETLINK = 270, NETLINK_CAP_ACK = 10, NETLINK_EXT_ACK = 11,
        NETLINK_GET_STRICT_CHK = 12;

    private const int SO_PROTOCOL = 38, SO_DOMAIN = 39;

    private const nuint SIOCGIFINDEX = 0x8933;

    private const int IFNAMSIZ = 16;

    [LibraryImport(LibraryName, EntryPoint = "socket", SetLastError = true)]
    private static partial int _socket(int domain, int type, int protocol);

    [LibraryImport(LibraryName, EntryPoint = "setsockopt", SetLastError = true)]
    private static unsafe partial int _setsockopt(int fd, int level, int option, void* value, uint length);

    [LibraryImport(LibraryName, EntryPoint = "getsockopt", SetLastError = true)]
    private static unsafe partial int _getsockopt(int fd, int level, int option, void* value, uint* length);

    /// <summary>Opens a netlink socket; it belongs to the calling thread's network namespace for good.</summary>
    public static SafeFileHandle netlink_socket(int protocol, bool nonblocking = false)
    {
        int fd = _socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0), protocol);
        return fd >= 0 ? Own(fd) : throw Failure("socket", $"netlink {protocol}");
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct sockaddr_nl
    {
        public ushort nl_family;
        public ushort nl_pad;
        public uint nl_pid;
        public uint nl_groups;
    }

    [LibraryImport(LibraryName, EntryPoint = "bind", SetLastError = true)]
    private static unsafe partial int _bind_netlink(int fd, sockaddr_nl* address, uint length);

    /// <summary>Joins multicast groups, one bit each; a socket that is not bound gets none of their messages. Returns 0 or the negative errno.</summary>
    public static unsafe int try_bind_netlink(int fd, uint groups)
    {
        sockaddr_nl address = new() { nl_family = AF_NETLINK, nl_groups = groups };
        return _bind_netlink(fd, &address, (uint)sizeof(sockaddr_nl)) == 0 ? 0 : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Sets an integer option. Returns 0 or the negative errno.</summary>
    public static unsafe int try_setsockopt(int fd, int level, int option, int value) =>
        _setsockopt(fd, level, option, &value, sizeof(int)) == 0 ? 0 : -Marshal.GetLastPInvokeError();

    /// <summary>The index of a link in the namespace of the socket (any family will do), or the negative errno (ENODEV).</summary>
    public static unsafe int try_ifindex(int socket, ReadOnlySpan<char> name)
    {
        // struct ifreq: the name, then a union of 24 bytes.
        byte* request = stackalloc byte[IFNAMSIZ + 24];
        new Span<byte>(request, IFNAMSIZ + 24).Clear();
        if (name.Length >= IFNAMSIZ || !System.Text.Encoding.UTF8.TryGetBytes(name, new Span<byte>(request, IFNAMSIZ - 1), out _))
        {
            return -ENODEV;
        }

        return _ioctl(socket, SIOCGIFINDEX, (nint)request) == 0 ? *(int*)(request + IFNAMSIZ) : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Whether an fd, of whatever kind, is a netlink socket of this protocol.</summary>
    public static unsafe bool is_netlink(int fd, int protocol)
    {
        int domain = 0, found = 0;
        uint length = sizeof(int);
        return _getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_NETLINK
            && _getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &found, &length) == 0 && found == protocol;
    }

    /// <summary>The fd's flags (FD_CLOEXEC or 0), or the negative errno.</summary>
    public static int try_getfd(int fd)
    {
        int flags = _fcntl(fd, F_GETFD, 0);
        return flags >= 0 ? flags : -Marshal.GetLastPInvokeError();
    }
}
