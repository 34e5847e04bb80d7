using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>The daemon's end of the sync socket; the protocol is drawn at <see cref="SyncMessage"/>.</summary>
internal sealed class SyncChannel : IDisposable
{
    private const int MaxMessage = 1 << 20;

    private readonly IoSource _source;
    private readonly List<SafeFileHandle> _received = [];

    private SyncChannel(IoSource source)
    {
        _source = source;
    }

    /// <summary>The channel and rtinit's end, which the caller closes after the spawn.</summary>
    public static (SyncChannel Ours, SafeFileHandle Theirs) Create()
    {
        (SafeFileHandle ours, SafeFileHandle theirs) = Libc.socketpair(Libc.SOCK_STREAM);
        Libc.fcntl(ours.Fd(), Libc.F_SETFL, Libc.O_RDWR | Libc.O_NONBLOCK);
        return (new SyncChannel(IoLoop.Shared.Register(ours)), theirs);
    }

    /// <summary>The other end is open and has said nothing. Only for one that is to say nothing yet.</summary>
    public bool IsQuiet => Libc.try_recvmsg(_source.Handle.Fd(), new byte[1], _received) == -Libc.EAGAIN;

    public async Task SendAsync(ReadOnlyMemory<byte> message, IReadOnlyList<SafeFileHandle> fds)
    {
        int[] numbers = [.. fds.Select(static fd => fd.Fd())];
        while (message.Length > 0)
        {
            // A message of the kernel's carries so many fds: those before the last ones go with a byte each.
            int[] group = numbers.Length > Libc.MaxFdsPerMessage ? numbers[..Libc.MaxFdsPerMessage] : numbers;
            ReadOnlyMemory<byte> part = group.Length < numbers.Length ? message[..1] : message;
            int sent = Libc.try_sendmsg(_source.Handle.Fd(), part.Span, group);
            if (sent == -Libc.EAGAIN)
            {
                await _source.WritableAsync();
            }
            else if (sent is -Libc.EPIPE or -Libc.ECONNRESET)
            {
                // rtinit is gone; why, the next receive tells.
                return;
            }
            else if (sent < 0)
            {
                throw new SyscallException("sendmsg", -sent, "sync socket");
            }
            else
            {
                message = message[sent..];
                numbers = numbers[group.Length..];
            }
        }
    }

    /// <summary>The next message; null at the end of file.</summary>
    public async Task<(SyncMessage Kind, WireReader Body)?> ReceiveAsync()
    {
        byte[] head = new byte[sizeof(int)];
        if (!await FillAsync(head))
        {
            return null;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 1 or > MaxMessage)
        {
            throw new InvalidDataException($"rtinit sent a message of {length} bytes");
        }

        byte[] body = new byte[length];
        return await FillAsync(body) ? ((SyncMessage)body[0], new WireReader(body.AsMemory(1))) : null;
    }

    /// <summary>Takes the fd that came along with the last message.</summary>
    public SafeFileHandle TakeFd()
    {
        if (_received.Count == 0)
        {
            throw new InvalidDataException("rtinit sent no fd");
        }

        SafeFileHandle fd = _received[0];
        _received.RemoveAt(0);
        return fd;
    }

    public void Dispose()
    {
        _source.Dispose();
        _received.ForEach(static fd => fd.Dispose());
    }

    private async Task<bool> FillAsync(Memory<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            int count = Libc.try_recvmsg(_source.Handle.Fd(), buffer.Span, _received);
            if (count == -Libc.EAGAIN)
            {
                await _source.ReadableAsync();
            }
            else if (count is 0 or -Libc.ECONNRESET)
            {
                return false;
            }
            else if (count < 0)
            {
                throw new SyscallException("recvmsg", -count, "sync socket");
            }
            else
            {
                buffer = buffer[count..];
            }
        }

        return true;
    }
}
