using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Rtd.Protocol.Sync;

/// <summary>Writes the compact binary form of sync messages: little-endian numbers, strings and lists with a length in front.</summary>
internal sealed class WireWriter
{
    private byte[] _buffer = new byte[4096];
    private int _length = sizeof(int);

    public WireWriter(SyncMessage kind)
        : this((byte)kind)
    {
    }

    public WireWriter(byte kind) => Byte(kind);

    /// <summary>The message with its length in front.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer, _length - sizeof(int));
        return _buffer.AsMemory(0, _length);
    }

    public void Byte(byte value) => Reserve(1)[0] = value;

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int(int value) => BinaryPrimitives.WriteInt32LittleEndian(Reserve(4), value);

    public void UInt(uint value) => Int((int)value);

    public void ULong(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int(value.Length);
        value.CopyTo(Reserve(value.Length));
    }

    public void String(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        Int(length);
        Encoding.UTF8.GetBytes(value, Reserve(length));
    }

    public void Address(IPAddress? value) => Bytes(value?.GetAddressBytes() ?? []);

    public void List<T>(IReadOnlyList<T> values, Action<WireWriter, T> write)
    {
        Int(values.Count);
        foreach (T value in values)
        {
            write(this, value);
        }
    }

    private Span<byte> Reserve(int count)
    {
        if (_length + count > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        }

        Span<byte> span = _buffer.AsSpan(_length, count);
        _length += count;
        return span;
    }
}
