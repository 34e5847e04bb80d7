using System.Buffers;
using Rtd.Daemon.Execution;

namespace Rtd.Daemon.Logging.JsonFile;

/// <summary>The lines that a reader has in hand, in buffers that the next ones come to.</summary>
internal sealed class LogBlock : IDisposable
{
    private const int BlockSize = 64 * 1024;

    /// <summary>A longer line is no line of ours (a message has at most 16 KiB) and is skipped.</summary>
    private const int MaximumLine = 16 * 1024 * 1024;

    private byte[] _lines = [];
    private byte[] _texts = [];

    /// <summary>Good until the next <see cref="Read"/> or <see cref="Release"/>.</summary>
    public List<LogMessage> Messages { get; } = [];

    /// <summary>Decodes the next block of whole lines and moves the position behind them; empty at the limit.</summary>
    public void Read(LogPosition position, long limit)
    {
        Messages.Clear();
        position.Moved = false;
        while (Messages.Count == 0 && position.Offset < limit)
        {
            if (_lines.Length == 0)
            {
                Resize(BlockSize);
            }

            int wanted = (int)Math.Min(_lines.Length, limit - position.Offset);
            int count = position.Segment!.Read(_lines.AsSpan(0, wanted), position.Offset);
            int whole = _lines.AsSpan(0, count).LastIndexOf((byte)'\n') + 1;
            if (whole > 0)
            {
                Decode(_lines.AsSpan(0, whole));
                position.Offset += whole;
                position.Moved = true;
            }
            else if (count < _lines.Length)
            {
                // Part of a line at the end, left by a crash. It may still be cut off and written over, so the position stays.
                break;
            }
            else if (_lines.Length < MaximumLine)
            {
                Resize(_lines.Length * 2);
            }
            else
            {
                position.Offset += count;
                position.Moved = true;
            }
        }
    }

    /// <summary>Gives the buffers back until there is something to read again.</summary>
    public void Release()
    {
        Messages.Clear();
        Resize(0);
    }

    public void Dispose() => Release();

    private void Resize(int size)
    {
        if (_lines.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_lines);
            ArrayPool<byte>.Shared.Return(_texts);
        }

        // A text is never longer than its line.
        (_lines, _texts) = size > 0 ? (ArrayPool<byte>.Shared.Rent(size), ArrayPool<byte>.Shared.Rent(size)) : ([], []);
    }

    private void Decode(ReadOnlySpan<byte> lines)
    {
        int used = 0;
        while (lines.Length > 0)
        {
            int length = lines.IndexOf((byte)'\n') + 1;
            if (JsonLineDecoder.TryDecode(lines[..(length - 1)], _texts.AsSpan(used), out int written, out OutputStream stream, out DateTimeOffset time))
            {
                Messages.Add(new LogMessage(stream, time, _texts.AsMemory(used, written)));
                used += written;
            }

            lines = lines[length..];
        }
    }
}
