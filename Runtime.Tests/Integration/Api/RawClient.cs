using System.Net.Sockets;
using System.Text;

namespace Rtd.Tests.Integration.Api;

/// <summary>A client that sends exactly the bytes it is given.</summary>
internal sealed class RawClient(Socket socket) : IDisposable
{
    /// <summary>After this a test has failed; nothing is measured by it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly MemoryStream _pending = new();

    public void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    /// <summary>The client's end of input; it goes on reading.</summary>
    public void EndInput() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>Reads a head and as much body as its Content-Length says (none without).</summary>
    public async Task<(string Head, string Body)> ReadAnswerAsync()
    {
        string head = await ReadUntilAsync("\r\n\r\n");
        string? length = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return (head, length is null ? "" : await ReadAsync(int.Parse(length.Split(':')[1])));
    }

    public async Task<string> ReadUntilAsync(string end)
    {
        while (true)
        {
            string text = Encoding.Latin1.GetString(_pending.ToArray());
            int at = text.IndexOf(end, StringComparison.Ordinal);
            if (at >= 0)
            {
                return Take(at + end.Length);
            }

            if (!await FillAsync())
            {
                throw new IOException($"the connection ended after: {text}");
            }
        }
    }

    public async Task<string> ReadAsync(int count)
    {
        while (_pending.Length < count)
        {
            if (!await FillAsync())
            {
                throw new IOException($"the connection ended after: {Encoding.Latin1.GetString(_pending.ToArray())}");
            }
        }

        return Take(count);
    }

    /// <summary>Everything up to the server's end of output; a reset is a failure.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await FillAsync())
        {
        }

        return Take((int)_pending.Length);
    }

    public void Dispose() => socket.Dispose();

    private async Task<bool> FillAsync()
    {
        byte[] buffer = new byte[16 << 10];
        int count = await socket.ReceiveAsync(buffer).WaitAsync(s_patience);
        _pending.Write(buffer, 0, count);
        return count > 0;
    }

    private string Take(int count)
    {
        byte[] all = _pending.ToArray();
        _pending.SetLength(0);
        _pending.Write(all, count, all.Length - count);
        return Encoding.Latin1.GetString(all, 0, count);
    }
}
