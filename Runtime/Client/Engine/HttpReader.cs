using System.Buffers.Text;
using System.Text;

namespace Rtd.Client.Engine;

/// <summary>Reads HTTP/1.1 messages from a stream: heads, bodies by length, by chunks or up to the end.</summary>
internal sealed class HttpReader(EngineSocket socket)
{
    private const int LongestHead = 256 * 1024;

    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>The head of the next final response; informational ones (1xx except 101) are passed over.</summary>
    public HttpHead ReadHead()
    {
        while (true)
        {
            HttpHead head = HttpHead.Parse(ReadHeadText());
            if (head.Status is < 100 or >= 200 or 101)
            {
                return head;
            }
        }
    }

    /// <summary>Whatever is there, from the buffer first; 0 at the end of the stream.</summary>
    public int Read(Span<byte> target)
    {
        if (_start == _end)
        {
            return socket.Read(target);
        }

        int count = Math.Min(target.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(target);
        _start += count;
        return count;
    }

    /// <summary>The size on a chunk's first line; extensions after it are ignored (RFC 9112, 7.1).</summary>
    public long ReadChunkSize()
    {
        ReadOnlySpan<byte> line = ReadLine();
        int extension = line.IndexOf((byte)';');
        ReadOnlySpan<byte> digits = (extension < 0 ? line : line[..extension]).Trim(" \t"u8);
        return Utf8Parser.TryParse(digits, out long size, out int used, 'x') && used == digits.Length && size >= 0
            ? size
            : throw new EngineConnectionException("malformed chunk size from the daemon");
    }

    /// <summary>The line end after a chunk's bytes.</summary>
    public void ReadChunkEnd()
    {
        if (!ReadLine().IsEmpty)
        {
            throw new EngineConnectionException("malformed chunk from the daemon");
        }
    }

    /// <summary>The trailer fields after the last chunk, which we have no use for.</summary>
    public void SkipTrailer()
    {
        while (!ReadLine().IsEmpty)
        {
        }
    }

    private string ReadHeadText()
    {
        int searched = 0;
        while (true)
        {
            ReadOnlySpan<byte> data = _buffer.AsSpan(_start, _end - _start);
            int found = data[searched..].IndexOf("\r\n\r\n"u8);
            if (found >= 0)
            {
                string text = Encoding.Latin1.GetString(data[..(searched + found)]);
                _start += searched + found + 4;
                return text;
            }

            searched = Math.Max(0, data.Length - 3);
            Fill();
        }
    }

    private ReadOnlySpan<byte> ReadLine()
    {
        while (true)
        {
            int found = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (found >= 0)
            {
                ReadOnlySpan<byte> line = _buffer.AsSpan(_start, found);
                _start += found + 1;
                return line.TrimEnd((byte)'\r');
            }

            Fill();
        }
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_end >= LongestHead)
            {
                throw new EngineConnectionException("the daemon's answer has an endless header");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int count = socket.Read(_buffer.AsSpan(_end));
        if (count == 0)
        {
            throw new EngineConnectionException("unexpected end of the daemon's answer");
        }

        _end += count;
    }
}
