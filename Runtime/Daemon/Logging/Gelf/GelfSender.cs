using System.Buffers;
using System.IO.Compression;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging.Remote;

namespace Rtd.Daemon.Logging.Gelf;

/// <summary>Graylog's format 1.1: JSON with a NUL after it over TCP; compressed, and in chunks if it must be, over UDP.</summary>
/// <param name="fields">Additional fields, without their underscore.</param>
internal sealed class GelfSender(GelfOptions options, IReadOnlyDictionary<string, string> fields) : StreamSender(options.Address, null)
{
    /// <summary>As Docker: fits into an Ethernet frame.</summary>
    private const int ChunkSize = 1420;
    private const int ChunkHead = 12;
    private const int MaxChunks = 128;

    protected override void Encode(RemoteEntry entry, IBufferWriter<byte> output)
    {
        using (Utf8JsonWriter json = new(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.1");
            json.WriteString("host", Environment.MachineName);
            json.WriteString("short_message", Encoding.UTF8.GetString(entry.Data));
            json.WriteNumber("timestamp", entry.Time.ToUnixTimeMilliseconds() / 1000.0);
            json.WriteNumber("level", entry.Stream == OutputStream.Stderr ? 3 : 6);
            foreach ((string name, string value) in fields)
            {
                json.WriteString("_" + name, value);
            }

            json.WriteEndObject();
        }

        if (!options.Address.IsDatagram)
        {
            output.Write("\0"u8);
        }
    }

    protected override async Task<bool> SendDatagramAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancelled)
    {
        ReadOnlyMemory<byte> message = Compress(datagram);
        if (message.Length <= ChunkSize)
        {
            await Connection.Socket.SendAsync(message, SocketFlags.None, cancelled);
            return true;
        }

        int room = ChunkSize - ChunkHead;
        int count = (message.Length + room - 1) / room;
        if (count > MaxChunks)
        {
            return false;
        }

        byte[] chunk = new byte[ChunkSize];
        (chunk[0], chunk[1]) = (0x1e, 0x0f);
        RandomNumberGenerator.Fill(chunk.AsSpan(2, 8));
        for (int i = 0; i < count; i++)
        {
            ReadOnlyMemory<byte> part = message.Slice(i * room, Math.Min(room, message.Length - (i * room)));
            (chunk[10], chunk[11]) = ((byte)i, (byte)count);
            part.CopyTo(chunk.AsMemory(ChunkHead));
            await Connection.Socket.SendAsync(chunk.AsMemory(0, ChunkHead + part.Length), SocketFlags.None, cancelled);
        }

        return true;
    }

    private ReadOnlyMemory<byte> Compress(ReadOnlyMemory<byte> message)
    {
        if (options.Compression == "none")
        {
            return message;
        }

        MemoryStream compressed = new();
        using (Stream stream = options.Compression == "zlib" ? new ZLibStream(compressed, options.Level) : new GZipStream(compressed, options.Level))
        {
            stream.Write(message.Span);
        }

        return compressed.ToArray();
    }
}
