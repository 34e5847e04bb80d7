using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging;

namespace Rtd.Daemon.Containers.Streams;

/// <summary>Cuts one stream into the messages of a log: lines, and parts of 16 KiB of longer lines.</summary>
/// <remarks>
/// A part has no newline and its successors carry its time, so that a reader can join them. Whole lines go to the log straight from
/// the caller's buffer; only the unfinished rest of a chunk is kept here.
/// </remarks>
internal sealed class LineSplitter(OutputStream stream)
{
    private const int MaximumPart = 16 * 1024;
    private const byte NewLine = (byte)'\n';

    private byte[] _rest = [];
    private int _restLength;
    private DateTimeOffset? _lineStart;

    /// <summary>What has come of the current line and is in no message yet.</summary>
    public ReadOnlySpan<byte> Unfinished => _rest.AsSpan(0, _restLength);

    public void Split(ReadOnlyMemory<byte> data, DateTimeOffset time, ILogDriver log)
    {
        while (!data.IsEmpty)
        {
            int newLine = data.Span.IndexOf(NewLine);
            int length = newLine < 0 ? data.Length : newLine + 1;
            data = newLine >= 0 && _restLength + newLine <= MaximumPart
                ? FinishLine(data, length, time, log)
                : Collect(data, Math.Min(length, MaximumPart - _restLength), time, log);
        }
    }

    /// <summary>Goes on where a former daemon was, within a line.</summary>
    public void Restore(byte[] unfinished, DateTimeOffset time)
    {
        if (unfinished.Length > 0)
        {
            (_rest, _restLength, _lineStart) = (unfinished, unfinished.Length, time);
        }
    }

    /// <summary>The stream has ended: its last line may lack the newline.</summary>
    public void Flush(DateTimeOffset time, ILogDriver log)
    {
        if (_restLength > 0)
        {
            log.Write(new LogMessage(stream, _lineStart ?? time, _rest.AsMemory(0, _restLength)));
        }

        (_rest, _restLength, _lineStart) = ([], 0, null);
    }

    private ReadOnlyMemory<byte> FinishLine(ReadOnlyMemory<byte> data, int length, DateTimeOffset time, ILogDriver log)
    {
        ReadOnlyMemory<byte> line = data[..length];
        if (_restLength > 0)
        {
            Keep(line.Span);
            line = _rest.AsMemory(0, _restLength);
        }

        log.Write(new LogMessage(stream, _lineStart ?? time, line));
        (_restLength, _lineStart) = (0, null);
        return data[length..];
    }

    private ReadOnlyMemory<byte> Collect(ReadOnlyMemory<byte> data, int length, DateTimeOffset time, ILogDriver log)
    {
        _lineStart ??= time;
        Keep(data.Span[..length]);
        if (_restLength == MaximumPart)
        {
            log.Write(new LogMessage(stream, _lineStart.Value, _rest.AsMemory(0, _restLength)));
            _restLength = 0;
        }

        return data[length..];
    }

    private void Keep(ReadOnlySpan<byte> data)
    {
        if (_rest.Length < _restLength + data.Length)
        {
            int size = Math.Max(512, Math.Max(2 * _rest.Length, _restLength + data.Length));
            Array.Resize(ref _rest, Math.Min(size, MaximumPart + 1));
        }

        data.CopyTo(_rest.AsSpan(_restLength));
        _restLength += data.Length;
    }
}
