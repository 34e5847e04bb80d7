using System.Runtime.InteropServices;
using System.Text;

namespace Rtd.Protocol.Netlink;

/// <summary>Builds netlink requests one after the other in one buffer, to be sent in one call.</summary>
/// <remarks>
/// Numbers are in the machine's byte order, as netlink wants them. Layout of a request: nlmsghdr (length, type, flags, sequence, port),
/// the family's fixed header, attributes (length, type, value), everything aligned to 4.
/// </remarks>
internal sealed class NetlinkBatch
{
    public const int HeaderSize = 16, AttributeHeaderSize = 4;

    private readonly List<NetlinkRequest> _requests = [];
    private byte[] _buffer;
    private int _length;

    public NetlinkBatch(int capacity = 1024) => _buffer = new byte[capacity];

    /// <summary>The requests so far, in order.</summary>
    public IReadOnlyList<NetlinkRequest> Requests => _requests;

    /// <summary>How many requests at the end are never acknowledged: kernels before 6.10 acknowledge no end of a netfilter transaction.</summary>
    public int Trailers { get; init; }

    /// <summary>Place of the request whose acknowledgement vouches for all.</summary>
    internal int Last => _requests.Count - 1 - Trailers;

    public bool IsEmpty => _requests.Count == 0;

    /// <summary>Starts a request, ending the one before.</summary>
    /// <param name="type">RTM_… or another family's type.</param>
    /// <param name="flags">NLM_F_… beyond REQUEST and ACK.</param>
    /// <param name="operation">For errors: what it is ("create link").</param>
    /// <param name="subject">For errors: on what ("veth0a1b").</param>
    /// <param name="tolerated">An errno that counts as success, such as ENODEV for a deletion.</param>
    public NetlinkBatch Begin(ushort type, ushort flags, string operation, string subject, int tolerated = 0)
    {
        int start = _length;
        Span<byte> header = Extend(HeaderSize);
        Write(header[4..], type);
        Write(header[6..], (ushort)(flags | Rtnetlink.NLM_F_REQUEST));
        _requests.Add(new NetlinkRequest(start, operation, subject, tolerated));
        CloseMessage();
        return this;
    }

    /// <summary>Appends struct ifinfomsg.</summary>
    public NetlinkBatch LinkHeader(int family = 0, int index = 0, uint flags = 0, uint change = 0)
    {
        Span<byte> header = Extend(Rtnetlink.IfInfoMsgSize);
        header[0] = (byte)family;
        Write(header[4..], index);
        Write(header[8..], flags);
        Write(header[12..], change);
        CloseMessage();
        return this;
    }

    /// <summary>Appends raw bytes of a fixed header (its length a multiple of 4).</summary>
    public NetlinkBatch Raw(ReadOnlySpan<byte> header)
    {
        header.CopyTo(Extend(header.Length));
        CloseMessage();
        return this;
    }

    public NetlinkBatch Put(ushort attribute, ReadOnlySpan<byte> value)
    {
        value.CopyTo(Attribute(attribute, value.Length));
        return this;
    }

    /// <summary>A text, zero-terminated.</summary>
    public NetlinkBatch Put(ushort attribute, string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        Encoding.UTF8.GetBytes(value, Attribute(attribute, length + 1));
        return this;
    }

    public NetlinkBatch Put(ushort attribute, uint value)
    {
        Write(Attribute(attribute, sizeof(uint)), value);
        return this;
    }

    public NetlinkBatch Put(ushort attribute, int value) => Put(attribute, (uint)value);

    public NetlinkBatch Put(ushort attribute, byte value)
    {
        Attribute(attribute, 1)[0] = value;
        return this;
    }

    /// <summary>Opens a nest; give the returned mark to <see cref="EndNest"/>.</summary>
    public int BeginNest(ushort attribute)
    {
        int mark = _length;
        Attribute((ushort)(attribute | Rtnetlink.NLA_F_NESTED), 0);
        return mark;
    }

    public NetlinkBatch EndNest(int mark)
    {
        Write(_buffer.AsSpan(mark), (ushort)(_length - mark));
        return this;
    }

    /// <summary>Numbers the requests from <paramref name="firstSequence"/> on, asks for an acknowledgement of the last, and returns the bytes.</summary>
    /// <remarks>The kernel works through a batch in order and always reports failures, so one acknowledgement at the end vouches for all.</remarks>
    internal ReadOnlySpan<byte> Seal(uint firstSequence, bool acknowledge)
    {
        for (int i = 0; i < _requests.Count; i++)
        {
            Span<byte> header = _buffer.AsSpan(_requests[i].Offset, HeaderSize);
            Write(header[8..], firstSequence + (uint)i);
            if (acknowledge && i == Last)
            {
                ushort flags = MemoryMarshal.Read<ushort>(header[6..]);
                Write(header[6..], (ushort)(flags | Rtnetlink.NLM_F_ACK));
            }
        }

        return _buffer.AsSpan(0, _length);
    }

    private static void Write<T>(Span<byte> target, T value) where T : unmanaged => MemoryMarshal.Write(target, in value);

    private Span<byte> Attribute(ushort type, int length)
    {
        Span<byte> attribute = Extend(AttributeHeaderSize + length);
        Write(attribute, (ushort)(AttributeHeaderSize + length));
        Write(attribute[2..], type);
        CloseMessage();
        return attribute.Slice(AttributeHeaderSize, length);
    }

    /// <summary>Appends zeroed bytes, padded to 4.</summary>
    private Span<byte> Extend(int length)
    {
        int start = _length;
        int end = start + ((length + 3) & ~3);
        if (end > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, end));
        }

        _length = end;
        return _buffer.AsSpan(start, length);
    }

    private void CloseMessage()
    {
        int start = _requests[^1].Offset;
        Write(_buffer.AsSpan(start), _length - start);
    }
}
