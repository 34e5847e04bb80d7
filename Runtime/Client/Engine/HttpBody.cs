namespace Rtd.Client.Engine;

/// <summary>A response's body as a stream, with its framing taken off.</summary>
internal sealed class HttpBody : Stream
{
    private readonly HttpReader _reader;
    private readonly bool _chunked;
    private readonly bool _untilClose;
    private long _left;
    private bool _ended;

    public HttpBody(HttpReader reader, HttpHead head, bool hasNoBody)
    {
        _reader = reader;
        _chunked = head.IsChunked;
        _untilClose = !_chunked && head.ContentLength is null;
        _left = _chunked ? 0 : head.ContentLength ?? 0;
        _ended = hasNoBody || (!_chunked && head.ContentLength == 0);
        if (hasNoBody)
        {
            _untilClose = false;
        }
    }

    /// <summary>Whether everything was read and the connection can carry another request.</summary>
    public bool IsReusable => _ended && !_untilClose;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (_ended || buffer.IsEmpty)
        {
            return 0;
        }

        if (_untilClose)
        {
            return ReadUntilClose(buffer);
        }

        if (_left == 0 && !NextChunk())
        {
            return 0;
        }

        return ReadCounted(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Everything up to the end.</summary>
    public byte[] ReadAll()
    {
        byte[] data = new byte[_left > 0 && !_chunked ? checked((int)_left) : 4096];
        int used = 0;
        while (true)
        {
            int count = Read(data.AsSpan(used));
            used += count;
            if (count == 0 || _ended)
            {
                return used == data.Length ? data : data.AsSpan(0, used).ToArray();
            }

            if (used == data.Length)
            {
                Array.Resize(ref data, data.Length * 2);
            }
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int ReadUntilClose(Span<byte> buffer)
    {
        int count = _reader.Read(buffer);
        _ended = count == 0;
        return count;
    }

    private int ReadCounted(Span<byte> buffer)
    {
        int count = _reader.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        if (count == 0)
        {
            throw new EngineConnectionException("unexpected end of the daemon's answer");
        }

        _left -= count;
        if (_left > 0)
        {
            return count;
        }

        if (_chunked)
        {
            _reader.ReadChunkEnd();
        }
        else
        {
            _ended = true;
        }

        return count;
    }

    private bool NextChunk()
    {
        _left = _reader.ReadChunkSize();
        if (_left > 0)
        {
            return true;
        }

        _reader.SkipTrailer();
        _ended = true;
        return false;
    }
}
