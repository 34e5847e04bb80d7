using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const int AF_UNIX = 1, SOCK_STREAM = 1, SOCK_CLOEXEC = 0x80000, SOCK_NONBLOCK = 0x800, MSG_NOSIGNAL = 0x4000, MSG_DONTWAIT = 0x40,
        MSG_CMSG_CLOEXEC = 0x40000000, SOL_SOCKET = 1, SCM_RIGHTS = 1;

    /// <summary>The most fds one sync message carries.</summary>
    public const int MaxFdsPerMessage = 16;

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct iovec
    {
        public void* iov_base;
        public nuint iov_len;
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct msghdr
    {
        public void* msg_name;
        public uint msg_namelen;
        public iovec* msg_iov;
        public nuint msg_iovlen;
        public void* msg_control;
        public nuint msg_controllen;
        public int msg_flags;
    }

    /// <summary>struct cmsghdr; the data follow at once (its size is a multiple of the alignment).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct cmsghdr
    {
        public nuint cmsg_len;
        public int cmsg_level;
        public int cmsg_type;
    }

    [LibraryImport(LibraryName, EntryPoint = "socketpair", SetLastError = true)]
    private static unsafe partial int _socketpair(int domain, int type, int protocol, int* fds);

    [LibraryImport(LibraryName, EntryPoint = "sendmsg", SetLastError = true)]
    private static unsafe partial nint _sendmsg(int fd, msghdr* message, int flags);

    [LibraryImport(LibraryName, EntryPoint = "recvmsg", SetLastError = true)]
    private static unsafe partial nint _recvmsg(int fd, msghdr* message, int flags);

    public static unsafe (SafeFileHandle, SafeFileHandle) socketpair(int type)
    {
        int* fds = stackalloc int[2];
        return _socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds) == 0 ? (Own(fds[0]), Own(fds[1])) : throw Failure("socketpair");
    }

    /// <summary>Sends bytes, and fds with the first of them. Returns the count or the negative errno.</summary>
    public static unsafe int try_sendmsg(int fd, ReadOnlySpan<byte> data, ReadOnlySpan<int> fds)
    {
        byte* control = stackalloc byte[sizeof(cmsghdr) + MaxFdsPerMessage * sizeof(int)];
        fixed (byte* start = data)
        {
            iovec vector = new() { iov_base = start, iov_len = (nuint)data.Length };
            msghdr message = new() { msg_iov = &vector, msg_iovlen = 1 };
            if (fds.Length > 0)
            {
                cmsghdr* header = (cmsghdr*)control;
                header->cmsg_len = (nuint)(sizeof(cmsghdr) + fds.Length * sizeof(int));
                header->cmsg_level = SOL_SOCKET;
                header->cmsg_type = SCM_RIGHTS;
                fds.CopyTo(new Span<int>(header + 1, MaxFdsPerMessage));
                message.msg_control = control;
                message.msg_controllen = (nuint)((sizeof(cmsghdr) + fds.Length * sizeof(int) + 7) & ~7);
            }

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

    /// <summary>Receives bytes, and appends fds that came along (close-on-exec). Returns the count, 0 at the end, or the negative errno.</summary>
    public static unsafe int try_recvmsg(int fd, Span<byte> data, List<SafeFileHandle> fds, int flags = 0)
    {
        const int ControlSize = 16 + MaxFdsPerMessage * sizeof(int);
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* start = data)
        {
            while (true)
            {
                iovec vector = new() { iov_base = start, iov_len = (nuint)data.Length };
                msghdr message = new() { msg_iov = &vector, msg_iovlen = 1, msg_control = control, msg_controllen = ControlSize };
                nint count = _recvmsg(fd, &message, MSG_CMSG_CLOEXEC | flags);
                if (count >= 0)
                {
                    cmsghdr* header = (cmsghdr*)control;
                    if (message.msg_controllen >= (nuint)sizeof(cmsghdr) && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
                    {
                        int number = ((int)header->cmsg_len - sizeof(cmsghdr)) / sizeof(int);
                        int* received = (int*)(header + 1);
                        for (int i = 0; i < number; i++)
                        {
                            fds.Add(Own(received[i]));
                        }
                    }

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
