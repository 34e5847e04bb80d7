using System.Globalization;

namespace Rtd.Client.Engine;

/// <summary>Sends a request's body of unknown length on a thread of its own: the daemon answers while it reads, and would stop reading when nobody took its answer.</summary>
internal sealed class BodySender
{
    private const int ChunkSize = 256 * 1024;

    private readonly Stream _source;
    private readonly EngineSocket _socket;
    private readonly Thread _thread;
    private Exception? _failure;

    private BodySender(Stream source, EngineSocket socket)
    {
        _source = source;
        _socket = socket;
        _thread = new Thread(Run) { IsBackground = true, Name = "upload" };
    }

    public static BodySender Start(Stream source, EngineSocket socket)
    {
        BodySender sender = new(source, socket);
        sender._thread.Start();
        return sender;
    }

    /// <summary>Ends the exchange. A sender that still waits for its source keeps the descriptor until the program ends: it could else write into another connection.</summary>
    public void Close()
    {
        _socket.Abort();
        if (_thread.Join(TimeSpan.Zero))
        {
            _socket.Dispose();
        }
    }

    /// <summary>Fails with the source's failure, if that is why the exchange broke.</summary>
    public void ThrowIfSourceFailed()
    {
        if (Volatile.Read(ref _failure) is { } failure)
        {
            throw failure as ClientException ?? new ClientException(failure.Message);
        }
    }

    private void Run()
    {
        try
        {
            Copy();
        }
        catch (EngineConnectionException)
        {
            // A daemon that answers early and hangs up is heard out, not reported as a broken pipe.
            return;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ClientException)
        {
            Volatile.Write(ref _failure, failure);
            _socket.Abort();
        }
    }

    /// <summary>Each chunk is one write: its size stands right before its bytes in one buffer.</summary>
    private void Copy()
    {
        const int Head = 16;
        byte[] buffer = new byte[Head + ChunkSize + 2];
        Span<byte> size = stackalloc byte[Head];
        int count;
        while ((count = _source.Read(buffer.AsSpan(Head, ChunkSize))) > 0)
        {
            count.TryFormat(size, out int digits, "x", CultureInfo.InvariantCulture);
            "\r\n"u8.CopyTo(size[digits..]);
            int start = Head - digits - 2;
            size[..(digits + 2)].CopyTo(buffer.AsSpan(start));
            "\r\n"u8.CopyTo(buffer.AsSpan(Head + count));
            _socket.Write(buffer.AsSpan(start, digits + 2 + count + 2));
        }

        _socket.Write("0\r\n\r\n"u8);
    }
}
