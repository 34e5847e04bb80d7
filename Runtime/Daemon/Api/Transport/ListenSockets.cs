using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mono.Unix.Native;
using NLog;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Api.Transport;

/// <summary>Opens the sockets that <c>--host</c> names.</summary>
internal static class ListenSockets
{
    private const int Backlog = 512;

    /// <summary>The first fd of the sd_listen_fds(3) protocol.</summary>
    private const int FirstInheritedFd = 3;

    private static readonly Logger s_log = LogManager.GetLogger("api");

    /// <summary>Opens all of them or none.</summary>
    /// <param name="group">Owner group of unix sockets; when null, "docker" if there is one, else root.</param>
    /// <param name="tls">For TCP sockets; null for none.</param>
    /// <param name="openTcp">Whether inherited TCP sockets may be reached by others without verification.</param>
    /// <exception cref="EngineException">An address that is in use, cannot be had, or a group that does not exist.</exception>
    public static IReadOnlyList<ListenSocket> Open(IReadOnlyList<ListenAddress> addresses, string? group, ServerTls? tls = null, bool openTcp = false)
    {
        List<ListenSocket> opened = [];
        try
        {
            foreach (ListenAddress address in addresses)
            {
                opened.AddRange(address.Scheme switch
                {
                    "unix" => [OpenUnix(address, group)],
                    "tcp" => [ListenTcp(address, tls)],
                    _ => Inherit(address, tls, openTcp),
                });
            }

            return opened;
        }
        catch
        {
            opened.ForEach(socket => socket.Dispose());
            throw;
        }
    }

    private static ListenSocket OpenUnix(ListenAddress address, string? group)
    {
        string path = address.Path!;
        uint gid = SocketGroup(group);
        RemoveStale(path);
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // Nobody can connect before listen(2), so the mode is right from the first connection on.
            socket.Bind(new UnixDomainSocketEndPoint(path));
            Check(Syscall.chown(path, 0, gid), "chown", path);
            Check(Syscall.chmod(path, FilePermissions.S_IRUSR | FilePermissions.S_IWUSR | FilePermissions.S_IRGRP | FilePermissions.S_IWGRP), "chmod", path);
            socket.Listen(Backlog);
            return new ListenSocket(socket, address.ToString());
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw EngineException.System($"can't create unix socket {path}: {SocketReason.Of(error, isPath: true)}", error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Opens one TCP socket.</summary>
    /// <exception cref="EngineException">It cannot be had.</exception>
    public static ListenSocket ListenTcp(ListenAddress address, ServerTls? tls)
    {
        Socket socket = new(address.EndPoint!.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Keepalive is inherited by accepted sockets: it is what finds out that a silent peer is gone.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 15);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 15);
            socket.NoDelay = true;
            socket.Bind(address.EndPoint);
            socket.Listen(Backlog);
            return new ListenSocket(socket, $"tcp://{socket.LocalEndPoint}", tls);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw EngineException.System($"can't listen on {address}: {SocketReason.Of(error)}", error);
        }
    }

    /// <summary>A socket file that nobody listens on is left from a daemon that died; one that answers belongs to a live daemon.</summary>
    private static void RemoveStale(string path)
    {
        int status = Libc.try_statx(Libc.AT_FDCWD, path, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t found);
        if (status == -Libc.ENOENT)
        {
            return;
        }

        if (status != 0)
        {
            throw EngineException.System($"can't create unix socket {path}: {Libc.strerror(-status)}");
        }

        if (found.Type != Libc.S_IFSOCK)
        {
            throw EngineException.System($"can't create unix socket {path}: a file that is not a socket is in its place");
        }

        if (IsAnswered(path))
        {
            throw EngineException.System($"can't create unix socket {path}: another daemon is listening on it");
        }

        File.Delete(path);
    }

    private static bool IsAnswered(string path)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        probe.Blocking = false;
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException error)
        {
            // A full backlog (EAGAIN) is a live listener too.
            return error.SocketErrorCode is not (SocketError.ConnectionRefused or SocketError.AddressNotAvailable);
        }
    }

    /// <summary>The group that may use the Unix sockets; docker's, or root's, when none is named.</summary>
    /// <exception cref="EngineException">There is no such group.</exception>
    public static uint SocketGroup(string? group)
    {
        if (Syscall.getgrnam(group ?? "docker") is { } entry)
        {
            return entry.gr_gid;
        }

        if (group is null)
        {
            s_log.Warn("there is no group \"docker\": only root may use the socket");
            return 0;
        }

        return uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out uint gid)
            ? gid
            : throw EngineException.System($"group {group} not found");
    }

    /// <summary>Takes over the sockets of LISTEN_FDS, which counts only when LISTEN_PID is this process.</summary>
    private static IEnumerable<ListenSocket> Inherit(ListenAddress address, ServerTls? tls, bool openTcp)
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("LISTEN_PID"), out int pid) && pid == Environment.ProcessId
            && int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), out int fds) ? fds : 0;
        int[] wanted = Enumerable.Range(FirstInheritedFd, count).Where(fd => address.Fd is null || fd == address.Fd).ToArray();
        if (wanted.Length == 0)
        {
            throw EngineException.System($"no sockets found for {address}: the service manager passed {count}");
        }

        return wanted.Select(fd => Adopt(fd, tls, openTcp)).ToArray();
    }

    private static ListenSocket Adopt(int fd, ServerTls? tls, bool openTcp)
    {
        Libc.fcntl(fd, Libc.F_SETFD, Libc.FD_CLOEXEC);
        Socket socket = new(new SafeSocketHandle(fd, ownsHandle: true));
        if (socket.LocalEndPoint is not IPEndPoint tcp)
        {
            return new ListenSocket(socket, $"fd://{fd}");
        }

        return openTcp || IPAddress.IsLoopback(tcp.Address)
            ? new ListenSocket(socket, $"fd://{fd}", tls)
            : throw EngineException.InvalidParameter($"fd://{fd} is tcp://{tcp}: {OpenTcp.Refusal}");
    }

    private static void Check(int result, string call, string path)
    {
        if (result != 0)
        {
            throw new SyscallException(call, (int)Stdlib.GetLastError(), path);
        }
    }
}
