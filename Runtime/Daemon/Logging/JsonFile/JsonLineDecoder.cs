using System.Buffers.Text;
using System.Text;
using Rtd.Daemon.Execution;

namespace Rtd.Daemon.Logging.JsonFile;

/// <summary>Reads json-file lines, ours or Docker's: a flat object with the members log, stream, time (and attrs, skipped) in any order.</summary>
internal ref struct JsonLineDecoder
{
    private readonly Span<byte> _destination;
    private ReadOnlySpan<byte> _rest;
    private int _written;
    private OutputStream _stream;
    private DateTimeOffset _time;
    private bool _hasTime;

    private JsonLineDecoder(ReadOnlySpan<byte> line, Span<byte> destination)
    {
        _rest = line;
        _destination = destination;
        _stream = OutputStream.Stdout;
    }

    /// <summary>Decodes a line (with or without its newline) into a span at least as long. False for anything that is not a whole entry.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> line, Span<byte> destination, out int written, out OutputStream stream, out DateTimeOffset time)
    {
        JsonLineDecoder decoder = new(line, destination);
        bool done = decoder.Object();
        written = decoder._written;
        stream = decoder._stream;
        time = decoder._time;
        return done && decoder._hasTime;
    }

    private bool Object()
    {
        if (!Take((byte)'{'))
        {
            return false;
        }

        do
        {
            if (!Member())
            {
                return false;
            }
        }
        while (Take((byte)','));
        return Take((byte)'}');
    }

    private bool Member()
    {
        if (!RawString(out ReadOnlySpan<byte> key) || !Take((byte)':'))
        {
            return false;
        }

        if (key.SequenceEqual("log"u8))
        {
            return Text();
        }

        if (key.SequenceEqual("stream"u8))
        {
            bool isString = RawString(out ReadOnlySpan<byte> stream);
            _stream = stream.SequenceEqual("stderr"u8) ? OutputStream.Stderr : OutputStream.Stdout;
            return isString;
        }

        if (key.SequenceEqual("time"u8))
        {
            return RawString(out ReadOnlySpan<byte> time) && (_hasTime = Rfc3339.TryParse(time, out _time));
        }

        return Skip();
    }

    private bool Take(byte expected)
    {
        if (_rest.Length == 0 || _rest[0] != expected)
        {
            return false;
        }

        _rest = _rest[1..];
        return true;
    }

    /// <summary>A string without looking into its escapes.</summary>
    private bool RawString(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!Take((byte)'"'))
        {
            return false;
        }

        for (int i = 0; i < _rest.Length; i++)
        {
            if (_rest[i] == '\\')
            {
                i++;
            }
            else if (_rest[i] == '"')
            {
                text = _rest[..i];
                _rest = _rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    /// <summary>The value of a member that we do not know: a string, or an object or list with strings in it.</summary>
    private bool Skip()
    {
        int depth = 0;
        do
        {
            if (_rest.Length == 0)
            {
                return false;
            }

            switch (_rest[0])
            {
                case (byte)'"':
                    if (!RawString(out _))
                    {
                        return false;
                    }

                    continue;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                case (byte)'}' or (byte)']':
                    depth--;
                    break;
            }

            _rest = _rest[1..];
        }
        while (depth > 0 || (_rest.Length > 0 && _rest[0] is not ((byte)',' or (byte)'}')));
        return true;
    }

    /// <summary>The log text, unescaped.</summary>
    private bool Text()
    {
        if (!Take((byte)'"'))
        {
            return false;
        }

        while (true)
        {
            int run = _rest.IndexOfAny((byte)'"', (byte)'\\');
            if (run < 0)
            {
                return false;
            }

            _rest[..run].CopyTo(_destination[_written..]);
            _written += run;
            bool end = _rest[run] == '"';
            _rest = _rest[(run + 1)..];
            if (end)
            {
                return true;
            }

            if (!Escape())
            {
                return false;
            }
        }
    }

    /// <summary>What follows a backslash.</summary>
    private bool Escape()
    {
        if (_rest.Length == 0)
        {
            return false;
        }

        byte letter = _rest[0];
        _rest = _rest[1..];
        switch (letter)
        {
            case (byte)'n':
                _destination[_written++] = (byte)'\n';
                return true;
            case (byte)'r':
                _destination[_written++] = (byte)'\r';
                return true;
            case (byte)'t':
                _destination[_written++] = (byte)'\t';
                return true;
            case (byte)'b':
                _destination[_written++] = (byte)'\b';
                return true;
            case (byte)'f':
                _destination[_written++] = (byte)'\f';
                return true;
            case (byte)'"' or (byte)'\\' or (byte)'/':
                _destination[_written++] = letter;
                return true;
            case (byte)'u':
                return UnicodeEscape();
            default:
                return false;
        }
    }

    /// <summary>Four hexadecimal digits, or a surrogate pair of two such escapes; half a pair becomes U+FFFD.</summary>
    private bool UnicodeEscape()
    {
        if (!Hex(_rest, out ushort first))
        {
            return false;
        }

        _rest = _rest[4..];
        Rune rune = Rune.ReplacementChar;
        if (char.IsHighSurrogate((char)first) && _rest.StartsWith("\\u"u8) && Hex(_rest[2..], out ushort second) && char.IsLowSurrogate((char)second))
        {
            rune = new Rune((char)first, (char)second);
            _rest = _rest[6..];
        }
        else if (!char.IsSurrogate((char)first))
        {
            rune = new Rune((char)first);
        }

        _written += rune.EncodeToUtf8(_destination[_written..]);
        return true;
    }

    private static bool Hex(ReadOnlySpan<byte> text, out ushort value)
    {
        value = 0;
        return text.Length >= 4 && Utf8Parser.TryParse(text[..4], out value, out int consumed, 'x') && consumed == 4;
    }
}
