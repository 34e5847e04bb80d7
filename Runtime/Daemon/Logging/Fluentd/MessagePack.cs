using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Rtd.Daemon.Logging.Fluentd;

/// <summary>The few forms of MessagePack that the forward protocol is made of.</summary>
internal static class MessagePack
{
    public static void Array(IBufferWriter<byte> output, int count) => Byte(output, (byte)(0x90 | count));

    public static void Map(IBufferWriter<byte> output, int count)
    {
        if (count < 16)
        {
            Byte(output, (byte)(0x80 | count));
            return;
        }

        Span<byte> head = output.GetSpan(3);
        head[0] = 0xde;
        BinaryPrimitives.WriteUInt16BigEndian(head[1..], (ushort)count);
        output.Advance(3);
    }

    public static void Text(IBufferWriter<byte> output, string text) => Text(output, Encoding.UTF8.GetBytes(text));

    /// <summary>A string, whose bytes need not be UTF-8: containers write what they like, and collectors cope.</summary>
    public static void Text(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        if (text.Length < 32)
        {
            Byte(output, (byte)(0xa0 | text.Length));
        }
        else
        {
            Span<byte> head = output.GetSpan(5);
            head[0] = 0xdb;
            BinaryPrimitives.WriteUInt32BigEndian(head[1..], (uint)text.Length);
            output.Advance(5);
        }

        output.Write(text);
    }

    public static void Integer(IBufferWriter<byte> output, long value)
    {
        Span<byte> head = output.GetSpan(9);
        head[0] = 0xd3;
        BinaryPrimitives.WriteInt64BigEndian(head[1..], value);
        output.Advance(9);
    }

    /// <summary>The EventTime extension (type 0) of the forward protocol: seconds and nanoseconds.</summary>
    public static void EventTime(IBufferWriter<byte> output, DateTimeOffset time)
    {
        Span<byte> head = output.GetSpan(10);
        head[0] = 0xd7;
        head[1] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(head[2..], (uint)time.ToUnixTimeSeconds());
        BinaryPrimitives.WriteUInt32BigEndian(head[6..], (uint)(time.Ticks % TimeSpan.TicksPerSecond * 100));
        output.Advance(10);
    }

    private static void Byte(IBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }
}
