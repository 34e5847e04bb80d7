using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Rtd.Daemon.Api.Hijack;

/// <summary>A body in chunks (RFC 9112, 7.1): size line, data, CRLF …, a chunk of size 0, trailer lines, an empty line.</summary>
internal sealed class ChunkedBody : IMessageBody
{
    /// <summary>The most bytes of a size line with its extensions, and of a trailer line.</summary>
    private const int MaxLine = 4096;

    private const int MaxTrailers = LargeHeads.Ordinary;

    /// <summary>Seven hexadecimal digits: chunks under 256 MiB, far from any overflow here or in Kestrel.</summary>
    private const int MaxSizeDigits = 7;

    private readonly List<byte> _line = [];
    private State _state = State.Size;
    private long _remaining;
    private int _trailers;

    private enum State
    {
        Size,
        Data,
        DataEnd,
        Trailer,
        Ended,
    }

    public bool Ended => _state == State.Ended;

    public int Scan(ReadOnlySpan<byte> bytes, IBufferWriter<byte>? payload)
    {
        int at = 0;
        while (at < bytes.Length && _state != State.Ended)
        {
            if (_state == State.Data)
            {
                int taken = (int)Math.Min(_remaining, bytes.Length - at);
                payload?.Write(bytes.Slice(at, taken));
                at += taken;
                _remaining -= taken;
                _state = _remaining == 0 ? State.DataEnd : State.Data;
            }
            else if (TakeLine(bytes, ref at))
            {
                EndLine();
            }
        }

        return at;
    }

    /// <summary>Gathers one line up to its CRLF; false when it goes on beyond these bytes.</summary>
    private bool TakeLine(ReadOnlySpan<byte> bytes, ref int at)
    {
        ReadOnlySpan<byte> rest = bytes[at..];
        int feed = rest.IndexOf((byte)'\n');
        ReadOnlySpan<byte> piece = feed < 0 ? rest : rest[..feed];
        if (_line.Count + piece.Length > MaxLine)
        {
            throw new FramingException("malformed chunked body: line too long");
        }

        _line.AddRange(piece);
        at += feed < 0 ? piece.Length : feed + 1;
        if (feed < 0)
        {
            return false;
        }

        if (_line is not [.., (byte)'\r'])
        {
            throw new FramingException("malformed chunked body: a line ends in a bare line feed");
        }

        _line.RemoveAt(_line.Count - 1);
        return true;
    }

    private void EndLine()
    {
        ReadOnlySpan<byte> line = CollectionsMarshal.AsSpan(_line);
        if (line.Contains((byte)'\r'))
        {
            throw new FramingException("malformed chunked body: bare carriage return");
        }

        _state = _state switch
        {
            State.Size => EndSize(line),
            State.DataEnd => line.IsEmpty ? State.Size : throw new FramingException("malformed chunked body: data is longer than its size"),
            _ => EndTrailer(line),
        };
        _line.Clear();
    }

    private State EndSize(ReadOnlySpan<byte> line)
    {
        int extension = line.IndexOf((byte)';');
        ReadOnlySpan<byte> digits = extension < 0 ? line : line[..extension];
        if (digits.Length > MaxSizeDigits || !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int size))
        {
            throw new FramingException("malformed chunked body: bad chunk size");
        }

        _remaining = size;
        return _remaining == 0 ? State.Trailer : State.Data;
    }

    private State EndTrailer(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            return State.Ended;
        }

        _trailers += line.Length + 2;
        if (_trailers > MaxTrailers)
        {
            throw new FramingException("malformed chunked body: trailers too long");
        }

        RequestHeadParser.CheckTrailer(line);
        return State.Trailer;
    }
}
