using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Protocol.Netlink;

/// <summary>A netlink socket for requests; one caller at a time.</summary>
/// <remarks>
/// It works in the network namespace of the thread that made it, whatever thread uses it. The kernel handles requests within the
/// sending call, so nothing here waits for anything but the kernel's own locks.
/// </remarks>
internal sealed class NetlinkSocket : IDisposable
{
    // The kernel fills dump answers up to 32 KiB a time (netlink_recvmsg), and cuts what does not fit.
    private const int ReceiveSize = 32 * 1024;

    private readonly SafeFileHandle _socket;
    private byte[]? _received;
    private uint _sequence;

    /// <param name="protocol">NETLINK_ROUTE or NETLINK_NETFILTER.</param>
    public NetlinkSocket(int protocol = Libc.NETLINK_ROUTE)
    {
        _socket = Libc.netlink_socket(protocol);
        // Comforts all: error texts (Linux 4.12), errors without the request echoed (4.3), and the addresses of one link alone where one is named (4.20).
        _ = Libc.try_setsockopt(_socket.Fd(), Libc.SOL_NETLINK, Libc.NETLINK_EXT_ACK, 1);
        _ = Libc.try_setsockopt(_socket.Fd(), Libc.SOL_NETLINK, Libc.NETLINK_CAP_ACK, 1);
        _ = Libc.try_setsockopt(_socket.Fd(), Libc.SOL_NETLINK, Libc.NETLINK_GET_STRICT_CHK, 1);
    }

    /// <summary>The index of a link by name, or 0 when there is none.</summary>
    public int IndexOf(string name) => Libc.try_ifindex(_socket.Fd(), name) switch
    {
        >= 0 and int index => index,
        -Libc.ENODEV => 0,
        int error => throw new SyscallException("ioctl SIOCGIFINDEX", -error, name),
    };

    /// <summary>Sends all requests at once. All of them are carried out, even after a failure; the first failure is thrown, naming its request.</summary>
    public void Execute(NetlinkBatch batch)
    {
        if (batch.IsEmpty)
        {
            return;
        }

        uint first = _sequence + 1;
        _sequence += (uint)batch.Requests.Count;
        Send(batch.Seal(first, acknowledge: true), batch.Requests[0]);

        SyscallException? failure = null;
        Span<byte> buffer = stackalloc byte[4096];
        while (true)
        {
            ReadOnlySpan<byte> rest = Receive(buffer, batch.Requests[0]);
            while (NextMessage(ref rest, out ushort type, out ushort flags, out uint sequence, out ReadOnlySpan<byte> payload))
            {
                uint position = sequence - first;
                if (type != Rtnetlink.NLMSG_ERROR || position >= batch.Requests.Count)
                {
                    continue;
                }

                NetlinkRequest request = batch.Requests[(int)position];
                failure ??= FailureOf(request, flags, payload);
                // A transaction that fails as a whole is reported by its first message alone.
                if (position == batch.Last || (batch.Trailers > 0 && position == 0))
                {
                    if (failure is not null)
                    {
                        throw failure;
                    }

                    return;
                }
            }
        }
    }

    /// <summary>Sends one request that has one answer; null for an errno that the request tolerates.</summary>
    public T? Get<T>(NetlinkBatch batch, NetlinkParser<T> parser) where T : class
    {
        NetlinkRequest request = batch.Requests[0];
        uint expected = ++_sequence;
        Send(batch.Seal(expected, acknowledge: false), request);
        _received ??= new byte[ReceiveSize];
        while (true)
        {
            ReadOnlySpan<byte> rest = Receive(_received, request);
            while (NextMessage(ref rest, out ushort type, out ushort flags, out uint sequence, out ReadOnlySpan<byte> payload))
            {
                if (sequence == expected)
                {
                    return type != Rtnetlink.NLMSG_ERROR ? parser(type, payload) : FailureOf(request, flags, payload) is { } failure ? throw failure : null;
                }
            }
        }
    }

    /// <summary>Sends one request with NLM_F_DUMP and collects the answers. A dump that a change interrupted is made again.</summary>
    public List<T> Dump<T>(NetlinkBatch request, NetlinkParser<T> parser) where T : class
    {
        List<T> results = [];
        while (!TryDump(request, parser, results))
        {
            results.Clear();
        }

        return results;
    }

    public void Dispose() => _socket.Dispose();

    private bool TryDump<T>(NetlinkBatch batch, NetlinkParser<T> parser, List<T> results) where T : class
    {
        NetlinkRequest request = batch.Requests[0];
        uint expected = ++_sequence;
        Send(batch.Seal(expected, acknowledge: false), request);
        _received ??= new byte[ReceiveSize];
        bool consistent = true;
        while (true)
        {
            ReadOnlySpan<byte> rest = Receive(_received, request);
            while (NextMessage(ref rest, out ushort type, out ushort flags, out uint sequence, out ReadOnlySpan<byte> payload))
            {
                if (sequence != expected)
                {
                    continue;
                }

                consistent &= (flags & Rtnetlink.NLM_F_DUMP_INTR) == 0;
                if (type is Rtnetlink.NLMSG_DONE or Rtnetlink.NLMSG_ERROR)
                {
                    // A list that the kernel gives up ends with an errno too, without the request that an error echoes.
                    return FailureOf(request, type == Rtnetlink.NLMSG_DONE ? (ushort)0 : flags, payload) is { } failure ? throw failure : consistent;
                }

                if (parser(type, payload) is { } result)
                {
                    results.Add(result);
                }
            }
        }
    }

    private void Send(ReadOnlySpan<byte> bytes, NetlinkRequest request)
    {
        int count = Libc.try_write(_socket.Fd(), bytes);
        if (count < 0)
        {
            throw new SyscallException($"netlink {request.Operation}", -count, request.Subject);
        }
    }

    private ReadOnlySpan<byte> Receive(Span<byte> buffer, NetlinkRequest request)
    {
        int count = Libc.try_read(_socket.Fd(), buffer);
        return count >= 0 ? buffer[..count] : throw new SyscallException($"netlink {request.Operation}", -count, request.Subject);
    }

    private static bool NextMessage(ref ReadOnlySpan<byte> rest, out ushort type, out ushort flags, out uint sequence, out ReadOnlySpan<byte> payload)
    {
        type = flags = 0;
        sequence = 0;
        payload = default;
        if (rest.Length < NetlinkBatch.HeaderSize)
        {
            return false;
        }

        int length = MemoryMarshal.Read<int>(rest);
        if (length < NetlinkBatch.HeaderSize || length > rest.Length)
        {
            return false;
        }

        type = MemoryMarshal.Read<ushort>(rest[4..]);
        flags = MemoryMarshal.Read<ushort>(rest[6..]);
        sequence = MemoryMarshal.Read<uint>(rest[8..]);
        payload = rest[NetlinkBatch.HeaderSize..length];
        rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        return true;
    }

    /// <summary>The error of an NLMSG_ERROR message, or null for an acknowledgement or a tolerated errno.</summary>
    private static SyscallException? FailureOf(NetlinkRequest request, ushort flags, ReadOnlySpan<byte> payload)
    {
        int errno = -MemoryMarshal.Read<int>(payload);
        if (errno == 0 || errno == request.Tolerated)
        {
            return null;
        }

        string? text = KernelText(flags, payload);
        return new SyscallException(request.Operation, errno, text is null ? request.Subject : $"{request.Subject} ({text})");
    }

    /// <summary>The kernel's own words (extended ack): after the errno and the header of the request, which is whole unless capped.</summary>
    private static string? KernelText(ushort flags, ReadOnlySpan<byte> payload)
    {
        if ((flags & Rtnetlink.NLM_F_ACK_TLVS) == 0)
        {
            return null;
        }

        int echoed = (flags & Rtnetlink.NLM_F_CAPPED) != 0 ? NetlinkBatch.HeaderSize : MemoryMarshal.Read<int>(payload[sizeof(int)..]);
        int start = sizeof(int) + ((echoed + 3) & ~3);
        NetlinkAttributes attributes = new(start <= payload.Length ? payload[start..] : default);
        while (attributes.Next())
        {
            if (attributes.Type == Rtnetlink.NLMSGERR_ATTR_MSG)
            {
                return attributes.Text;
            }
        }

        return null;
    }
}
