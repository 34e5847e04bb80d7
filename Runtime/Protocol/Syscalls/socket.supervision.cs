using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const int SHUT_WR = 1, SHUT_RDWR = 2;

    private const int SO_PEERCRED = 17;

    private const int FALLOC_FL_KEEP_SIZE = 1;

    [StructLayout(LayoutKind.Sequential)]
    private struct ucred
    {
        public int pid;
        public uint uid;
        public uint gid;
    }

    [LibraryImport(LibraryName, EntryPoint = "accept4", SetLastError = true)]
    private static unsafe partial int _accept4(int fd, void* address, void* length, int flags);

    [LibraryImport(LibraryName, EntryPoint = "bind", SetLastError = true)]
    private static unsafe partial int _bind(int fd, void* address, uint length);

    [LibraryImport(LibraryName, EntryPoint = "listen", SetLastError = true)]
    private static partial int _listen(int fd, int backlog);

    [LibraryImport(LibraryName, EntryPoint = "connect", SetLastError = true)]
    private static unsafe partial int _connect(int fd, void* address, uint length);

    [LibraryImport(LibraryName, EntryPoint = "shutdown", SetLastError = true)]
    private static partial int _shutdown(int fd, int how);

    [LibraryImport(LibraryName, EntryPoint = "fallocate", SetLastError = true)]
    private static partial int _fallocate(int fd, int mode, long offset, long length);

    /// <summary>A stream socket that listens on a path which is not there yet.</summary>
    public static unsafe SafeFileHandle listen_unix(string path, int backlog)
    {
        const int PathSize = 108;
        byte[] name = Encoding.UTF8.GetBytes(path);
        if (name.Length >= PathSize)
        {
            throw new SyscallException("bind", ENAMETOOLONG, path);
        }

        int fd = _socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
        {
            throw Failure("socket", path);
        }

        SafeFileHandle socket = Own(fd);
        byte* address = stackalloc byte[sizeof(ushort) + PathSize];
        new Span<byte>(address, sizeof(ushort) + PathSize).Clear();
        *(ushort*)address = AF_UNIX;
        name.CopyTo(new Span<byte>(address + sizeof(ushort), PathSize));
        if (_bind(fd, address, (uint)(sizeof(ushort) + name.Length + 1)) < 0 || _listen(fd, backlog) < 0)
        {
            SyscallException failure = Failure("bind", path);
            socket.Dispose();
            throw failure;
        }

        return socket;
    }

    public static void listen(int fd, int backlog)
    {
        if (_listen(fd, backlog) < 0)
        {
            throw Failure("listen", $"fd {fd}");
        }
    }

    /// <summary>Connects to an address (struct sockaddr), waiting.</summary>
    public static unsafe SafeFileHandle connect_tcp(ReadOnlySpan<byte> address)
    {
        int fd = _socket(BitConverter.ToUInt16(address), SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
        {
            throw Failure("socket");
        }

        SafeFileHandle socket = Own(fd);
        fixed (byte* start = address)
        {
            while (_connect(fd, start, (uint)address.Length) < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                if (errno != EINTR)
                {
                    socket.Dispose();
                    throw new SyscallException("connect", errno);
                }
            }
        }

        return socket;
    }

    /// <summary>A connection that is broken already has nothing to shut down.</summary>
    public static void shutdown(int fd, int how) => _ = _shutdown(fd, how);

    /// <summary>The fd of the next connection (close-on-exec, blocking), or the negative errno.</summary>
    public static unsafe int try_accept(int listener)
    {
        int fd = _accept4(listener, null, null, SOCK_CLOEXEC);
        return fd >= 0 ? fd : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Who connected to this unix socket, or who listens on it.</summary>
    public static unsafe int peer_pid(int fd)
    {
        ucred credentials;
        uint length = (uint)sizeof(ucred);
        return _getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 ? credentials.pid : throw Failure("getsockopt SO_PEERCRED", $"fd {fd}");
    }

    /// <summary>Makes sure that a file can be written up to an offset, without changing its size. 0, or the negative errno (ENOSPC; EOPNOTSUPP of the file system).</summary>
    public static int try_fallocate(int fd, long offset, long length) =>
        _fallocate(fd, FALLOC_FL_KEEP_SIZE, offset, length) == 0 ? 0 : -Marshal.GetLastPInvokeError();
}
