namespace Rtd.Daemon.Execution;

/// <summary>Where a process's output goes (log and attached clients).</summary>
internal interface IOutputSink
{
    /// <summary>A chunk as read from the pipe or terminal; the buffer is the caller's again after completion. Awaiting is back-pressure on this stream. Calls for one stream never overlap.</summary>
    ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> data);

    /// <summary>All output has been delivered.</summary>
    ValueTask CompleteAsync();
}
