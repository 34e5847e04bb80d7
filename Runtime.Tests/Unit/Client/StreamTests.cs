using System.Text;
using Rtd.Client;
using Rtd.Client.Streams;
using Xunit;

namespace Rtd.Tests.Unit.Client;

public sealed class StreamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(64)]
    public void Frames_go_to_their_streams_however_the_bytes_come(int step)
    {
        byte[] wire = [.. Frame(1, "out"), .. Frame(2, "err"), .. Frame(1, ""), .. Frame(0, "in"), .. Frame(1, new string('x', 70000))];
        (string output, string error) = Demultiplex(wire, step);

        Assert.Equal("outin" + new string('x', 70000), output);
        Assert.Equal("err", error);
    }

    [Fact]
    public void An_error_frame_is_the_daemons_word()
    {
        ClientException failure = Assert.Throws<ClientException>(() => Demultiplex([.. Frame(1, "a"), .. Frame(3, "lost the log\n")], 64));

        Assert.Equal("error from daemon in stream: lost the log", failure.Message);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    public void A_frame_cut_short_is_told(int length)
    {
        byte[] wire = Frame(1, "hello");

        Assert.Throws<ClientException>(() => Demultiplex(wire[..length], 64));
    }

    [Fact]
    public void Unknown_streams_are_told() => Assert.Equal("Unrecognized input header: 71", Assert.Throws<ClientException>(() => Demultiplex(Frame(71, "x"), 64)).Message);

    [Theory]
    [InlineData("abc", "abc", false)]
    [InlineData("a\u0010", "a", false)]
    [InlineData("a\u0010b", "a\u0010b", false)]
    [InlineData("a\u0010\u0011b", "a", true)]
    [InlineData("\u0010\u0010\u0011", "\u0010", true)]
    [InlineData("\u0011", "\u0011", false)]
    public void Detach_keys_are_found_and_all_else_passes(string typed, string passed, bool detaches)
    {
        foreach (bool oneByOne in new[] { false, true })
        {
            (string got, bool detached) = Type(DetachKeys.Default, typed, oneByOne);

            Assert.Equal((passed, detaches), (got, detached));
        }
    }

    [Fact]
    public void Detach_keys_are_read()
    {
        Assert.Equal(new byte[] { 16, 17 }, DetachKeys.Parse("ctrl-p,ctrl-q"));
        Assert.Equal(new byte[] { 1, (byte)'x', 0, 27, 31 }, DetachKeys.Parse("ctrl-A,x,ctrl-@,ctrl-[,ctrl-_"));
        Assert.Throws<ClientException>(() => DetachKeys.Parse("foo"));
        Assert.Throws<ClientException>(() => DetachKeys.Parse(""));
    }

    private static (string Passed, bool Detached) Type(string keys, string typed, bool oneByOne)
    {
        DetachKeys filter = new(DetachKeys.Parse(keys));
        StringBuilder passed = new();
        byte[] target = new byte[64];
        foreach (string part in oneByOne ? typed.Select(letter => letter.ToString()) : [typed])
        {
            bool detached = filter.Filter(Encoding.ASCII.GetBytes(part), target, out int count);
            passed.Append(Encoding.ASCII.GetString(target, 0, count));
            if (detached)
            {
                return (passed.ToString(), true);
            }
        }

        return (passed.ToString(), false);
    }

    private static byte[] Frame(byte stream, string text) =>
        [stream, 0, 0, 0, (byte)(text.Length >> 24), (byte)(text.Length >> 16), (byte)(text.Length >> 8), (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static (string Output, string Error) Demultiplex(byte[] wire, int step)
    {
        int position = 0;
        int Read(Span<byte> buffer)
        {
            int count = Math.Min(Math.Min(step, buffer.Length), wire.Length - position);
            wire.AsSpan(position, count).CopyTo(buffer);
            position += count;
            return count;
        }

        StringBuilder output = new(), error = new();
        StreamDemultiplexer.Copy(Read, bytes => output.Append(Encoding.ASCII.GetString(bytes)), bytes => error.Append(Encoding.ASCII.GetString(bytes)));
        return (output.ToString(), error.ToString());
    }
}
