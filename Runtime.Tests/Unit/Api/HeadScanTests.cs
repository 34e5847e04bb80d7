using System.Buffers;
using System.Text;
using Rtd.Daemon.Api.Hijack;
using Xunit;

namespace Rtd.Tests.Unit.Api;

/// <summary>Heads that arrive in pieces.</summary>
public sealed class HeadScanTests
{
    private const string Head = "GET /x HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n";

    [Fact]
    public void The_end_is_found_wherever_the_pieces_are_cut()
    {
        byte[] bytes = Encoding.ASCII.GetBytes(Head + "body");
        for (int first = 0; first < Head.Length; first++)
        {
            for (int second = first; second < Head.Length; second++)
            {
                HeadScan scan = new();

                Assert.Equal(-1, scan.FindEnd(Sequence(bytes[..first])));
                Assert.Equal(-1, scan.FindEnd(Sequence(bytes[..first], bytes[first..second])));
                Assert.Equal(Head.Length, scan.FindEnd(Sequence(bytes[..first], bytes[first..second], bytes[second..])));
            }
        }
    }

    [Fact]
    public void A_connection_that_breaks_is_the_end_of_its_head()
    {
        HeadScan scan = new();

        Assert.Equal(-1, scan.FindEnd(Sequence(Encoding.ASCII.GetBytes(Head[..20]))));
        Assert.Equal(-1, scan.FindEnd(default));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\n\n")]
    [InlineData("\n")]
    [InlineData("GET / HTTP/1.1\r\n\n")]
    public void A_bare_line_feed_is_refused_also_between_pieces(string head)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(head);
        HeadScan scan = new();

        Assert.Throws<FramingException>(() =>
        {
            for (int length = 1; length <= bytes.Length; length++)
            {
                scan.FindEnd(Sequence(bytes[..(length - 1)], bytes[(length - 1)..length]));
            }
        });
    }

    private static ReadOnlySequence<byte> Sequence(params byte[][] pieces)
    {
        Piece first = new(pieces[0], null), last = pieces.Skip(1).Aggregate(first, (before, piece) => new Piece(piece, before));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, Piece? before)
        {
            Memory = bytes;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
