using System.Buffers;

namespace Rtd.Daemon.Api.Hijack;

/// <summary>Looks for the end of a head while it arrives. Every byte is looked at once, however slowly they come.</summary>
internal sealed class HeadScan
{
    private long _line;
    private long _seen;

    /// <summary>Finds the end in what has arrived so far.</summary>
    /// <param name="arrived">From the head's first byte; what was there in the call before, and what came since. Empty when the connection broke.</param>
    /// <returns>The head's length with its empty line, or -1 when more is needed.</returns>
    /// <exception cref="FramingException">The head is too long, or a line ends in a bare LF.</exception>
    public long FindEnd(ReadOnlySequence<byte> arrived)
    {
        if (arrived.Length < _seen)
        {
            return -1; // the connection broke, and what was there went with it
        }

        while (arrived.Slice(_seen).PositionOf((byte)'\n') is { } feed)
        {
            long end = arrived.Slice(0, feed).Length;
            if (end == _line || arrived.Slice(end - 1).FirstSpan[0] != (byte)'\r')
            {
                throw new FramingException("malformed request: a line of the head ends in a bare line feed");
            }

            if (end - 1 == _line)
            {
                return end + 1 <= RequestHeadParser.MaxHead ? end + 1 : throw TooLong();
            }

            _line = _seen = end + 1;
        }

        _seen = arrived.Length;
        return _seen < RequestHeadParser.MaxHead ? -1 : throw TooLong();
    }

    private static FramingException TooLong() => new($"malformed request: the head is larger than {RequestHeadParser.MaxHead >> 10} KiB", 431);
}
