using System.Buffers.Binary;
using System.Text;

namespace Rtd.Client.Streams;

/// <summary>Takes the daemon's framed output apart: a byte for the stream, three zeros, a length, then so many bytes.</summary>
internal static class StreamDemultiplexer
{
    private const int HeaderLength = 8;

    public delegate int Reader(Span<byte> buffer);

    public delegate void Writer(ReadOnlySpan<byte> bytes);

    /// <summary>Copies frames to their streams up to the end. A frame's bytes are passed on as they come, however long it is.</summary>
    /// <exception cref="ClientException">The daemon reports an error in the stream, or the stream breaks inside a frame.</exception>
    public static void Copy(Reader read, Writer output, Writer error)
    {
        byte[] buffer = new byte[32 * 1024];
        Span<byte> header = stackalloc byte[HeaderLength];
        while (true)
        {
            int got = Fill(read, header);
            if (got == 0)
            {
                return;
            }

            if (got < HeaderLength)
            {
                throw new ClientException("unexpected end of the container's output");
            }

            uint length = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
            switch (header[0])
            {
                case 0 or 1:
                    CopyFrame(read, output, buffer, length);
                    break;
                case 2:
                    CopyFrame(read, error, buffer, length);
                    break;
                case 3:
                    throw new ClientException("error from daemon in stream: " + ReadText(read, buffer, length));
                default:
                    throw new ClientException($"Unrecognized input header: {header[0]}");
            }
        }
    }

    private static int Fill(Reader read, Span<byte> target)
    {
        int used = 0;
        while (used < target.Length)
        {
            int count = read(target[used..]);
            if (count == 0)
            {
                break;
            }

            used += count;
        }

        return used;
    }

    private static void CopyFrame(Reader read, Writer write, byte[] buffer, uint length)
    {
        while (length > 0)
        {
            int count = read(buffer.AsSpan(0, (int)Math.Min(length, (uint)buffer.Length)));
            if (count == 0)
            {
                throw new ClientException("unexpected end of the container's output");
            }

            write(buffer.AsSpan(0, count));
            length -= (uint)count;
        }
    }

    private static string ReadText(Reader read, byte[] buffer, uint length)
    {
        int count = Fill(read, buffer.AsSpan(0, (int)Math.Min(length, (uint)buffer.Length)));
        return Encoding.UTF8.GetString(buffer, 0, count).TrimEnd();
    }
}
