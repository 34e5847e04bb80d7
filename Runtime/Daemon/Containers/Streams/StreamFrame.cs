using System.Buffers;
using System.Buffers.Binary;
using Rtd.Daemon.Execution;

namespace Rtd.Daemon.Containers.Streams;

/// <summary>Docker's multiplexed framing: stream number, three zero bytes, big-endian length, data.</summary>
internal static class StreamFrame
{
    public const int HeaderLength = 8;

    public static void Write(IBufferWriter<byte> output, OutputStream stream, ReadOnlySpan<byte> data)
    {
        Span<byte> header = output.GetSpan(HeaderLength);
        header[..4].Clear();
        header[0] = (byte)stream;
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], (uint)data.Length);
        output.Advance(HeaderLength);
        output.Write(data);
    }
}
