using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>rtinit's end of the sync socket; blocking. The protocol is drawn at <see cref="SyncMessage"/>.</summary>
internal sealed class SyncSocket(int fd)
{
    /// <summary>Specs are bounded by what execve takes (128 KiB a string, 2 MiB in all) and a filter of some 32 KiB.</summary>
    private const int MaxMessage = 16 << 20;

    private readonly List<SafeFileHandle> _received = [];

    /// <summary>Fds that came along with messages so far.</summary>
    public IReadOnlyList<SafeFileHandle> Received => _received;

    public WireReader Receive(SyncMessage expected)
    {
        byte[] head = new byte[sizeof(int)];
        Fill(head);
        int length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 1 or > MaxMessage)
        {
            throw new InitException(0, $"sync message of {length} bytes");
        }

        byte[] body = new byte[length];
        Fill(body);
        return body[0] == (byte)expected
            ? new WireReader(body.AsMemory(1))
            : throw new InitException(0, $"expected {expected} on the sync socket, got {body[0]}");
    }

    /// <summary>The fds that have come are the standard streams; they are not among <see cref="Received"/> any more.</summary>
    public void TakeStdio()
    {
        for (int number = 0; number < _received.Count; number++)
        {
            Libc.dup2(_received[number].Fd(), number);
            _received[number].Dispose();
        }

        _received.Clear();
    }

    public void Send(SyncMessage bare, params ReadOnlySpan<SafeFileHandle> passed)
    {
        ReadOnlySpan<byte> data = SpecCodec.Encode(bare).Span;
        int[] fds = new int[passed.Length];
        for (int i = 0; i < fds.Length; i++)
        {
            fds[i] = passed[i].Fd();
        }

        int sent = Libc.try_sendmsg(fd, data, fds);
        if (sent < 0)
        {
            throw new SyscallException("sendmsg", -sent, "sync socket");
        }

        Libc.write_all(fd, data[sent..], "sync socket");
    }

    public void Send(ReadOnlyMemory<byte> message) => Libc.write_all(fd, message.Span, "sync socket");

    /// <summary>Best effort: when the daemon is gone there is nobody to tell, and rtinit ends in any case.</summary>
    public void TrySendError(InitError error)
    {
        ReadOnlySpan<byte> data = SpecCodec.Encode(error).Span;
        while (data.Length > 0)
        {
            int sent = Libc.try_sendmsg(fd, data, []);
            if (sent <= 0)
            {
                return;
            }

            data = data[sent..];
        }
    }

    /// <summary>Whether the next program has it too, under the same number, or an execve is the end of it.</summary>
    public void KeepAcrossExec(bool keep) => Libc.fcntl(fd, Libc.F_SETFD, keep ? 0 : Libc.FD_CLOEXEC);

    /// <summary>Closes it in a process that stays (--init), so that the daemon sees success.</summary>
    public void Close() => Libc.close(fd);

    private void Fill(Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            int count = Libc.try_recvmsg(fd, buffer, _received);
            if (count < 0)
            {
                throw new SyscallException("recvmsg", -count, "sync socket");
            }

            if (count == 0)
            {
                // The daemon died; without it the container must not come to life.
                Environment.Exit(1);
            }

            buffer = buffer[count..];
        }
    }
}
