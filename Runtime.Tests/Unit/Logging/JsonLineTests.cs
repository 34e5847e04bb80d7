using System.Text;
using Newtonsoft.Json.Linq;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging.JsonFile;
using Xunit;

namespace Rtd.Tests.Unit.Logging;

public sealed class JsonLineTests
{
    private static readonly DateTimeOffset s_time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_line_is_dockers_byte_for_byte() => Assert.Equal(
        "{\"log\":\"hello\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-02T03:04:05.1234567Z\"}\n",
        Encode("hello\n"u8, time: s_time.AddTicks(1234567)));

    [Fact]
    public void Attributes_stand_where_docker_puts_them()
    {
        JsonLineEncoder encoder = new("{\"tag\":\"x\"}"u8.ToArray());
        byte[] buffer = new byte[encoder.MaximumLength(2)];
        int length = encoder.Encode(buffer, OutputStream.Stderr, s_time, "a\n"u8);
        Assert.Equal(
            "{\"log\":\"a\\n\",\"stream\":\"stderr\",\"attrs\":{\"tag\":\"x\"},\"time\":\"2026-01-02T03:04:05Z\"}\n",
            Encoding.UTF8.GetString(buffer, 0, length));
    }

    [Theory]
    [InlineData(0, "05Z")]
    [InlineData(1000000, "05.1Z")]
    [InlineData(1200000, "05.12Z")]
    [InlineData(1, "05.0000001Z")]
    [InlineData(9999999, "05.9999999Z")]
    public void Times_have_no_trailing_zeros(long ticks, string end) => Assert.EndsWith($":04:{end}\"}}\n", Encode("x"u8, time: s_time.AddTicks(ticks)));

    [Fact]
    public void Times_are_utc() =>
        Assert.Contains("\"2026-01-02T01:04:05Z\"", Encode("x"u8, time: new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2))));

    [Theory]
    [InlineData("say \"hi\" \\ there", "say \\\"hi\\\" \\\\ there")]
    [InlineData("a\r\nb\tc\0\u001b[0m", "a\\r\\nb\\u0009c\\u0000\\u001b[0m")]
    [InlineData("<a href='x'>&</a>", "\\u003ca href='x'\\u003e\\u0026\\u003c/a\\u003e")]
    [InlineData("grüße — 日本 😀", "grüße — 日本 😀")]
    [InlineData("a\u2028b\u2029c", "a\\u2028b\\u2029c")]
    [InlineData("\u007f", "\u007f")]
    [InlineData("", "")]
    public void Text_is_escaped_as_go_does(string text, string escaped) => Assert.Equal(escaped, Log(Encode(Encoding.UTF8.GetBytes(text))));

    [Theory]
    [InlineData(new byte[] { 0xff }, "\\ufffd")]
    [InlineData(new byte[] { (byte)'a', 0xc3, (byte)'b' }, "a\\ufffdb")]
    [InlineData(new byte[] { 0xe2, 0x80 }, "\\ufffd\\ufffd")]
    [InlineData(new byte[] { 0xe2 }, "\\ufffd")]
    [InlineData(new byte[] { 0xf0, 0x9f, 0x98, (byte)'"' }, "\\ufffd\\ufffd\\ufffd\\\"")]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 }, "\\ufffd\\ufffd\\ufffd")]
    [InlineData(new byte[] { 0xc0, 0x80 }, "\\ufffd\\ufffd")]
    [InlineData(new byte[] { 0xc3, 0xa9, 0xff, 0xc3, 0xa9 }, "é\\ufffdé")]
    public void Each_bad_byte_is_replaced(byte[] text, string escaped) => Assert.Equal(escaped, Log(Encode(text)));

    [Fact]
    public void The_stated_maximum_length_holds()
    {
        byte[] worst = new byte[16384];
        Assert.InRange(Encode(worst).Length, 6 * worst.Length, new JsonLineEncoder([]).MaximumLength(worst.Length));
    }

    [Fact]
    public void Random_text_survives_and_is_json()
    {
        Random random = new(42);
        for (int round = 0; round < 2000; round++)
        {
            StringBuilder builder = new();
            for (int i = random.Next(200); i > 0; i--)
            {
                int rune = random.Next(4) == 0 ? random.Next(0x110000) : random.Next(0x80);
                builder.Append(Rune.IsValid(rune) ? new Rune(rune).ToString() : "\n");
            }

            string line = Encode(Encoding.UTF8.GetBytes(builder.ToString()), OutputStream.Stderr);
            Assert.Equal(builder.ToString(), (string?)JObject.Parse(line)["log"]);
            Assert.Equal((builder.ToString(), OutputStream.Stderr, s_time), Decode(line));
        }
    }

    [Theory]
    [InlineData("""{"log":"x\n","stream":"stderr","attrs":{"a":"}\"]","b":[1,{"c":"d"}]},"time":"2026-01-02T03:04:05.123456789Z"}""", "x\n")]
    [InlineData("""{"stream":"stderr","time":"2026-01-02T05:04:05.1234567+02:00","log":"\u00e9\ud83d\ude00\/\b\f\t"}""", "é😀/\b\f\t")]
    [InlineData("""{"log":"\ud83d!","stream":"stderr","time":"2026-01-02T03:04:05.1234567Z"}""", "\ufffd!")]
    [InlineData("""{"n":5,"stream":"stderr","time":"2026-01-02T03:04:05.1234567Z"}""", "")]
    public void Foreign_lines_are_understood(string line, string text) =>
        Assert.Equal((text, OutputStream.Stderr, s_time.AddTicks(1234567)), Decode(line));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"log":"x""")]
    [InlineData("""{"log":"x\""")]
    [InlineData("""{"log":"\u12","stream":"stdout","time":"2026-01-02T03:04:05Z"}""")]
    [InlineData("""{"log":"\x","stream":"stdout","time":"2026-01-02T03:04:05Z"}""")]
    [InlineData("{\"log\":\"x\",\"stream\":\"stdout\",\"time\":\"2026-01-02T03:04:05Z\"")]
    [InlineData("""{"log":"x","stream":"stdout","time":"2026-13-02T03:04:05Z"}""")]
    [InlineData("""{"log":"x","stream":"stdout","time":"yesterday"}""")]
    [InlineData("""{"log":"x","stream":"stdout"}""")]
    [InlineData("""{"log":5,"stream":"stdout","time":"2026-01-02T03:04:05Z"}""")]
    [InlineData("""{"log":"x","stream":{"time":"2026-01-02T03:04:05Z"}""")]
    [InlineData("\0\0\0\0")]
    public void What_is_no_whole_entry_is_refused(string line) => Assert.Null(Decode(line));

    private static string Encode(ReadOnlySpan<byte> text, OutputStream stream = OutputStream.Stdout, DateTimeOffset? time = null)
    {
        JsonLineEncoder encoder = new([]);
        byte[] buffer = new byte[encoder.MaximumLength(text.Length)];
        return Encoding.UTF8.GetString(buffer, 0, encoder.Encode(buffer, stream, time ?? s_time, text));
    }

    private static string Log(string line) => line["{\"log\":\"".Length..line.IndexOf("\",\"stream\":", StringComparison.Ordinal)];

    private static (string, OutputStream, DateTimeOffset)? Decode(string line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line.TrimEnd('\n'));
        byte[] text = new byte[bytes.Length];
        return JsonLineDecoder.TryDecode(bytes, text, out int written, out OutputStream stream, out DateTimeOffset time)
            ? (Encoding.UTF8.GetString(text, 0, written), stream, time)
            : null;
    }
}
