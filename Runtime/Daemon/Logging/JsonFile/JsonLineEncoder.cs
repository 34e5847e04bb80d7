using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Rtd.Daemon.Execution;

namespace Rtd.Daemon.Logging.JsonFile;

/// <summary>
/// Writes messages as Docker's json-file lines, <c>{"log":"…\n","stream":"stdout","time":"2026-01-02T03:04:05.1234567Z"}\n</c>, byte for byte as Docker's
/// own encoder: also &lt; &gt; &amp; and U+2028/9 are escaped, and a byte that is not UTF-8 becomes \ufffd.
/// </summary>
/// <param name="attributes">A JSON object to put into every line as <c>attrs</c>, or empty.</param>
internal sealed class JsonLineEncoder(byte[] attributes)
{
    /// <summary>All but the text: keys, stream, time, punctuation.</summary>
    private const int Overhead = 96;

    /// <summary>A control character becomes \u00XX.</summary>
    private const int WorstExpansion = 6;

    private static readonly SearchValues<byte> s_special =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(value => (byte)value), (byte)'"', (byte)'\\', (byte)'<', (byte)'>', (byte)'&', 0xE2]);

    private static readonly ulong[] s_escapes = Escapes();

    private readonly byte[] _stdout = [.. "\",\"stream\":\"stdout"u8, .. BeforeTime(attributes)];
    private readonly byte[] _stderr = [.. "\",\"stream\":\"stderr"u8, .. BeforeTime(attributes)];
    private readonly byte[] _second = new byte[19];
    private long _secondTicks = -1;

    public int MaximumLength(int length) => (length * WorstExpansion) + Overhead + attributes.Length;

    /// <summary>Encodes into a span of at least <see cref="MaximumLength"/> bytes and returns the number written.</summary>
    public int Encode(Span<byte> destination, OutputStream stream, DateTimeOffset time, ReadOnlySpan<byte> text)
    {
        int written = Put(destination, "{\"log\":\""u8);
        written += Utf8.IsValid(text) ? EncodeValid(destination[written..], text) : EncodeBroken(destination[written..], text);
        written += Put(destination[written..], stream == OutputStream.Stderr ? _stderr : _stdout);
        written += EncodeTime(destination[written..], time);
        return written + Put(destination[written..], "\"}\n"u8);
    }

    private static byte[] BeforeTime(byte[] attributes) =>
        attributes.Length == 0 ? "\",\"time\":\""u8.ToArray() : [.. "\",\"attrs\":"u8, .. attributes, .. ",\"time\":\""u8];

    private static int EncodeValid(Span<byte> destination, ReadOnlySpan<byte> text)
    {
        int written = 0;
        while (true)
        {
            int run = text.IndexOfAny(s_special);
            if (run < 0)
            {
                text.CopyTo(destination[written..]);
                return written + text.Length;
            }

            text[..run].CopyTo(destination[written..]);
            written += run;
            written += EncodeSpecial(destination[written..], text[run..], out int consumed);
            text = text[(run + consumed)..];
        }
    }

    /// <summary>Stretches of valid UTF-8, each bad byte between them replaced on its own.</summary>
    private static int EncodeBroken(Span<byte> destination, ReadOnlySpan<byte> text)
    {
        int written = 0;
        while (text.Length > 0)
        {
            int valid = ValidLength(text);
            written += EncodeValid(destination[written..], text[..valid]);
            text = text[valid..];
            if (text.Length > 0)
            {
                written += Put(destination[written..], "\\ufffd"u8);
                text = text[1..];
            }
        }

        return written;
    }

    private static int ValidLength(ReadOnlySpan<byte> text)
    {
        int length = 0;
        while (length < text.Length)
        {
            // ASCII in vectors, the rest rune by rune.
            int ascii = text[length..].IndexOfAnyExceptInRange((byte)0, (byte)0x7f);
            if (ascii < 0)
            {
                return text.Length;
            }

            length += ascii;
            if (Rune.DecodeFromUtf8(text[length..], out _, out int consumed) != OperationStatus.Done)
            {
                return length;
            }

            length += consumed;
        }

        return length;
    }

    /// <summary>One character from the table; eight bytes are written whatever its length, which the overhead has room for.</summary>
    private static int EncodeSpecial(Span<byte> destination, ReadOnlySpan<byte> text, out int consumed)
    {
        if (text[0] != 0xE2)
        {
            consumed = 1;
            ulong escape = s_escapes[text[0]];
            BinaryPrimitives.WriteUInt64LittleEndian(destination, escape);
            return (int)(escape >> 56);
        }

        // The text is valid, so two bytes follow; U+2028 and U+2029 are E2 80 A8 and E2 80 A9.
        consumed = 3;
        return text[1] == 0x80 && text[2] is 0xA8 or 0xA9
            ? Put(destination, text[2] == 0xA8 ? "\\u2028"u8 : "\\u2029"u8)
            : Put(destination, text[..3]);
    }

    /// <summary>Per ASCII character the escape's bytes, first in the lowest, and their number in the highest.</summary>
    private static ulong[] Escapes()
    {
        ulong[] escapes = new ulong[0x80];
        for (int i = 0; i < escapes.Length; i++)
        {
            string escape = i switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '"' => "\\\"",
                '\\' => "\\\\",
                _ => $"\\u{i:x4}",
            };
            escapes[i] = (ulong)escape.Length << 56;
            for (int at = 0; at < escape.Length; at++)
            {
                escapes[i] |= (ulong)escape[at] << (8 * at);
            }
        }

        return escapes;
    }

    private static int Put(Span<byte> destination, ReadOnlySpan<byte> text)
    {
        text.CopyTo(destination);
        return text.Length;
    }

    /// <summary>RFC 3339 in UTC with as many digits as needed, as Go writes it. Lines come in bunches, so the part up to the second is kept.</summary>
    private int EncodeTime(Span<byte> destination, DateTimeOffset time)
    {
        long ticks = time.UtcTicks;
        long fraction = ticks % TimeSpan.TicksPerSecond;
        if (ticks - fraction != _secondTicks)
        {
            new DateTime(ticks - fraction, DateTimeKind.Utc).TryFormat(_second, out _, "yyyy-MM-ddTHH:mm:ss", null);
            _secondTicks = ticks - fraction;
        }

        _second.CopyTo(destination);
        int written = _second.Length;
        if (fraction > 0)
        {
            destination[written++] = (byte)'.';
            for (long scale = TimeSpan.TicksPerSecond / 10; fraction > 0; scale /= 10)
            {
                destination[written++] = (byte)('0' + (fraction / scale));
                fraction %= scale;
            }
        }

        destination[written++] = (byte)'Z';
        return written;
    }
}
