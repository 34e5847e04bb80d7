namespace Rtd.Daemon.Logging.JsonFile;

/// <summary>Finds where the last lines of a log begin, reading backwards from the end over as many files as it takes.</summary>
internal static class LogTail
{
    private const int BlockSize = 256 * 1024;

    /// <summary>How far from its end an entry's text is looked for: more than stream, time and a fair number of attributes take.</summary>
    private const int Window = 4096;

    /// <param name="segments">Oldest first.</param>
    /// <param name="lengths">How much of each counts.</param>
    /// <param name="lines">At least 1. A line that came in several entries counts once, and what follows the last newline counts as one.</param>
    /// <returns>Index of the segment and offset in it.</returns>
    public static (int Segment, long Offset) Find(IReadOnlyList<LogSegment> segments, IReadOnlyList<long> lengths, long lines)
    {
        byte[] block = new byte[BlockSize];
        long seen = 0;
        bool newest = true;
        for (int i = segments.Count - 1; i >= 0; i--)
        {
            long end = lengths[i];
            while (end > 0)
            {
                long start = Math.Max(0, end - BlockSize);
                int count = segments[i].Read(block.AsSpan(0, (int)(end - start)), start);
                ReadOnlySpan<byte> text = block.AsSpan(0, count);
                int stop = (int)(end - start);
                int newline;
                while ((newline = text[..Math.Min(stop, count)].LastIndexOf((byte)'\n')) >= 0)
                {
                    if (newline < Window && start > 0 && stop != (int)(end - start))
                    {
                        break;
                    }

                    if (newest || EndsLine(text[..newline]))
                    {
                        if (seen == lines)
                        {
                            return (i, start + newline + 1);
                        }

                        seen++;
                    }

                    newest = false;
                    stop = newline;
                }

                // The next block ends behind the first newline not yet looked at, so that its entry is in it as a whole.
                end = newline >= 0 ? start + newline + 1 : start;
            }
        }

        return (0, 0);
    }

    /// <summary>
    /// Whether an entry (without its own newline) has a text that ends in a newline. Quotes in the text are escaped, so <c>","stream":"</c> stands only
    /// behind it; the newline before is <c>\n</c> with an odd number of backslashes.
    /// </summary>
    private static bool EndsLine(ReadOnlySpan<byte> upToEnd)
    {
        ReadOnlySpan<byte> entry = upToEnd[Math.Max(0, upToEnd.Length - Window)..];
        entry = entry[(entry.LastIndexOf((byte)'\n') + 1)..];
        int textEnd = entry.LastIndexOf("\",\"stream\":\""u8);
        if (textEnd < 0)
        {
            return true;
        }

        ReadOnlySpan<byte> text = entry[..textEnd];
        if (text.Length == 0 || text[^1] != 'n')
        {
            return false;
        }

        text = text[..^1];
        int backslashes = text.Length - text.TrimEnd((byte)'\\').Length;
        return backslashes % 2 == 1;
    }
}
