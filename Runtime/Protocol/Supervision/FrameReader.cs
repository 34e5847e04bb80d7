using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Protocol.Supervision;

/// <summary>Cuts what comes on a stream socket into messages; fds keep the order of the messages they came with.</summary>
internal sealed class FrameReader
{
    /// <summary>More than arguments and environment of a process can be (2 MiB, execve(2)), twice over.</summary>
    private const int MaxMessage = 8 << 20;

    private readonly List<SafeFileHandle> _fds = [];
    private byte[] _buffer = new byte[16 << 10];
    private int _length;

    /// <summary>Reads once, without waiting. The count, 0 at the end, or the negative errno.</summary>
    public int Fill(int socket)
    {
        if (_length == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int count = Libc.try_recvmsg(socket, _buffer.AsSpan(_length), _fds, Libc.MSG_DONTWAIT);
        _length += Math.Max(count, 0);
        return count;
    }

    /// <summary>The next whole message, or false.</summary>
    public bool TryTake(out SupervisorMessage kind, out WireReader body)
    {
        (kind, body) = (default, null!);
        if (_length < sizeof(int))
        {
            return false;
        }

        int size = BinaryPrimitives.ReadInt32LittleEndian(_buffer);
        if (size is < 1 or > MaxMessage)
        {
            throw new InvalidDataException($"a message of {size} bytes on the supervisor's socket");
        }

        if (_length < sizeof(int) + size)
        {
            return false;
        }

        kind = (SupervisorMessage)_buffer[sizeof(int)];
        body = new WireReader(_buffer.AsSpan(sizeof(int) + 1, size - 1).ToArray());
        _length -= sizeof(int) + size;
        Buffer.BlockCopy(_buffer, sizeof(int) + size, _buffer, 0, _length);
        return true;
    }

    /// <summary>Takes the oldest fd that has come.</summary>
    public SafeFileHandle TakeFd()
    {
        if (_fds.Count == 0)
        {
            throw new InvalidDataException("an fd is missing on the supervisor's socket");
        }

        SafeFileHandle fd = _fds[0];
        _fds.RemoveAt(0);
        return fd;
    }

    /// <summary>Closes fds that nobody has taken.</summary>
    public void Clear() => _fds.ForEach(fd => fd.Dispose());
}
