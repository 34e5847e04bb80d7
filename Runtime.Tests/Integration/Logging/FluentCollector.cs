using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Rtd.Tests.Integration.Logging;

/// <summary>Takes the forward protocol from a unix socket, acknowledges what asks for it, and can stop reading or hang up.</summary>
internal sealed class FluentCollector : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;
    private readonly bool _reads;

    /// <param name="reads">False for one that accepts connections and then hangs.</param>
    public FluentCollector(string path, bool reads = true)
    {
        _reads = reads;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _running = AcceptAsync();
    }

    /// <summary>Tag, time (seconds, or seconds and nanoseconds) and record.</summary>
    public ConcurrentQueue<(string Tag, double Time, Dictionary<string, object> Record)> Messages { get; } = new();

    public int Connections { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _running;
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                Socket connection = await _listener.AcceptAsync(_end.Token);
                Connections++;
                serving.Add(ServeAsync(connection));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        using Socket owned = connection;
        await using NetworkStream stream = new(connection);
        List<byte> pending = [];
        byte[] block = new byte[64 << 10];
        try
        {
            if (!_reads)
            {
                await Task.Delay(Timeout.Infinite, _end.Token);
            }

            int count;
            while ((count = await stream.ReadAsync(block, _end.Token)) > 0)
            {
                pending.AddRange(block.AsSpan(0, count));
                await TakeAsync(pending, stream);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
            Assert.Empty(pending);
        }
    }

    private async Task TakeAsync(List<byte> pending, Stream stream)
    {
        byte[] bytes = [.. pending];
        int offset = 0;
        while (TryRead(bytes, offset, out int next, out object value))
        {
            offset = next;
            List<object> message = (List<object>)value;
            Messages.Enqueue(((string)message[0], Convert.ToDouble(message[1]), (Dictionary<string, object>)message[2]));
            if (message.Count > 3)
            {
                string chunk = (string)((Dictionary<string, object>)message[3])["chunk"];
                await stream.WriteAsync((byte[])[0x81, 0xa3, .. "ack"u8, (byte)(0xa0 | chunk.Length), .. Encoding.ASCII.GetBytes(chunk)], _end.Token);
            }
        }

        pending.RemoveRange(0, offset);
    }

    /// <summary>One MessagePack value; false when there is not all of it yet.</summary>
    private static bool TryRead(byte[] bytes, int offset, out int next, out object value)
    {
        try
        {
            next = offset;
            value = Read(bytes, ref next);
            return true;
        }
        catch (ArgumentException)
        {
            // Beyond the end.
            (next, value) = (offset, "");
            return false;
        }
    }

    private static object Read(byte[] bytes, ref int at)
    {
        byte kind = bytes.AsSpan(at++, 1)[0];
        switch (kind)
        {
            case < 0xa0 and >= 0x90:
                return ReadList(bytes, ref at, kind & 15);
            case < 0x90 and >= 0x80:
                return ReadMap(bytes, ref at, kind & 15);
            case 0xde:
                at += 2;
                return ReadMap(bytes, ref at, BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at - 2, 2)));
            case < 0xc0 and >= 0xa0:
                at += kind & 31;
                return Encoding.UTF8.GetString(bytes.AsSpan(at - (kind & 31), kind & 31));
            case 0xdb:
                int length = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at, 4));
                at += 4 + length;
                return Encoding.UTF8.GetString(bytes.AsSpan(at - length, length));
            case 0xd3:
                at += 8;
                return BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(at - 8, 8));
            case 0xd7:
                Assert.Equal(0, bytes.AsSpan(at, 1)[0]);
                at += 9;
                return BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at - 8, 4)) + (BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at - 4, 4)) / 1e9);
            default:
                throw new InvalidDataException($"MessagePack {kind:x2}");
        }
    }

    private static List<object> ReadList(byte[] bytes, ref int at, int count)
    {
        List<object> list = [];
        while (list.Count < count)
        {
            list.Add(Read(bytes, ref at));
        }

        return list;
    }

    private static Dictionary<string, object> ReadMap(byte[] bytes, ref int at, int count)
    {
        Dictionary<string, object> map = [];
        while (map.Count < count)
        {
            string key = (string)Read(bytes, ref at);
            map[key] = Read(bytes, ref at);
        }

        return map;
    }
}
