namespace Rtd.Daemon.Logging;

/// <summary>A log that knows where it ends, and can be cut back to there after the daemon was killed.</summary>
internal interface IRewindableLog
{
    /// <summary>The end of what has been flushed.</summary>
    LogEnd Position { get; }

    /// <summary>Takes back what was written after a position; before anything is written or read.</summary>
    void Rewind(LogEnd position);

    /// <summary>Nothing that was written so far will be taken back: the time for what cannot be, such as compressing.</summary>
    void Settle();
}
