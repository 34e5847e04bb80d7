using System.Runtime.InteropServices;
using System.Text;

namespace Rtd.Protocol.Netlink;

/// <summary>Walks the attributes of a message or nest: <c>while (attributes.Next()) switch (attributes.Type)</c>.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The number without the nested and byte-order bits.</summary>
    public ushort Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public readonly uint UInt32 => MemoryMarshal.Read<uint>(Value);

    /// <summary>The value as a text, without its terminating zero.</summary>
    public readonly string Text => Encoding.UTF8.GetString(Value.TrimEnd((byte)0));

    public readonly NetlinkAttributes Nested => new(Value);

    /// <summary>Moves on; false at the end, or at bytes that are no attribute.</summary>
    public bool Next()
    {
        if (_rest.Length < NetlinkBatch.AttributeHeaderSize)
        {
            return false;
        }

        int length = MemoryMarshal.Read<ushort>(_rest);
        if (length < NetlinkBatch.AttributeHeaderSize || length > _rest.Length)
        {
            return false;
        }

        Type = (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & Rtnetlink.NLA_TYPE_MASK);
        Value = _rest[NetlinkBatch.AttributeHeaderSize..length];
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}
