using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Rtd.Protocol.Sync;

/// <summary>Reads what <see cref="WireWriter"/> wrote; a body that is too short throws <see cref="InvalidDataException"/>.</summary>
internal sealed class WireReader(ReadOnlyMemory<byte> body)
{
    private ReadOnlyMemory<byte> _rest = body;

    /// <summary>Whether all has been read: what comes after is from a newer writer's fields.</summary>
    public bool AtEnd => _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public bool Bool() => Byte() != 0;

    public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt() => (uint)Int();

    public ulong ULong() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public byte[] Bytes() => Take(Int()).ToArray();

    public string String() => Encoding.UTF8.GetString(Take(Int()));

    public IPAddress? Address()
    {
        byte[] bytes = Bytes();
        return bytes.Length == 0 ? null : new IPAddress(bytes);
    }

    public List<T> List<T>(Func<WireReader, T> read)
    {
        int count = Int();
        List<T> values = new(Math.Clamp(count, 0, 1024));
        for (int i = 0; i < count; i++)
        {
            values.Add(read(this));
        }

        return values;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length)
        {
            throw new InvalidDataException("sync message is cut short");
        }

        ReadOnlySpan<byte> span = _rest.Span[..count];
        _rest = _rest[count..];
        return span;
    }
}
