using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Supervision;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init.Supervision;

/// <summary>The connection of one daemon.</summary>
internal sealed class DaemonConnection(SafeFileHandle socket)
{
    public FrameReader Frames { get; } = new();

    /// <summary>The daemon's process.</summary>
    public int PeerPid { get; } = Libc.peer_pid(socket.Fd());

    /// <summary>Reads what has come; false at the end.</summary>
    public bool Fill() => Frames.Fill(socket.Fd()) is > 0 or -Libc.EAGAIN;

    /// <summary>A daemon that is gone meanwhile is noticed by the next read.</summary>
    public void Send(WireWriter message, ReadOnlySpan<SafeFileHandle> fds)
    {
        if (socket.IsClosed)
        {
            return;
        }

        Span<int> numbers = stackalloc int[fds.Length];
        for (int i = 0; i < fds.Length; i++)
        {
            numbers[i] = fds[i].Fd();
        }

        ReadOnlySpan<byte> rest = message.Finish().Span;
        while (rest.Length > 0)
        {
            int sent = Libc.try_sendmsg(socket.Fd(), rest, numbers);
            if (sent < 0)
            {
                return;
            }

            rest = rest[sent..];
            numbers = [];
        }
    }

    public void Close(EventLoop loop)
    {
        if (!socket.IsClosed)
        {
            loop.Unwatch(socket.Fd());
            socket.Dispose();
            Frames.Clear();
        }
    }
}
