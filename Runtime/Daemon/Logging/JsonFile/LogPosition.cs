namespace Rtd.Daemon.Logging.JsonFile;

/// <summary>Where a reader is: a file it holds open and an offset in it. Also owns the files it has yet to come to.</summary>
internal sealed class LogPosition : IDisposable
{
    private readonly List<LogSegment> _opened;
    private int _index;

    public LogPosition(List<LogSegment> opened, (int Segment, long Offset) start)
    {
        _opened = opened;
        _index = start.Segment;
        Offset = start.Offset;
    }

    /// <summary>Null before the log has its first file.</summary>
    public LogSegment? Segment => _index < _opened.Count ? _opened[_index] : null;

    public long Offset { get; set; }

    /// <summary>Whether the last read got on: at part of a line left by a crash it does not.</summary>
    public bool Moved { get; set; }

    /// <summary>Goes on to the next of the files opened at the start.</summary>
    public bool TryNextOpened()
    {
        if (_index + 1 >= _opened.Count)
        {
            return false;
        }

        _opened[_index++].Dispose();
        Offset = 0;
        return true;
    }

    /// <summary>Goes on to a newer file.</summary>
    public void Enter(LogSegment segment)
    {
        Segment?.Dispose();
        _opened.Add(segment);
        _index = _opened.Count - 1;
        Offset = 0;
    }

    public void Dispose()
    {
        foreach (LogSegment segment in _opened)
        {
            segment.Dispose();
        }
    }
}
