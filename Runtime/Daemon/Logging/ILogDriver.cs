namespace Rtd.Daemon.Logging;

/// <summary>Keeps a container's output. One instance per container; writing and reading go on side by side.</summary>
internal interface ILogDriver : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Before the container runs: finds out whether messages have somewhere to go. Throws in Docker's words.</summary>
    Task ConnectAsync() => Task.CompletedTask;

    /// <summary>Completes when there is room for more messages: back-pressure on the container. What is written without waiting is taken as far as it fits.</summary>
    ValueTask WaitForRoomAsync() => ValueTask.CompletedTask;

    /// <summary>The container's process is gone: from now on nobody is made to wait.</summary>
    void ReleaseBackPressure()
    {
    }

    /// <summary>Writes one message: a line with its newline, or a part of a longer one (16 KiB) without. Lost messages are counted, never thrown to the writer.</summary>
    void Write(LogMessage message);

    /// <summary>Makes what was written visible to readers (called at a pause of the stream).</summary>
    void Flush();

    /// <summary>Whether <see cref="ReadAsync"/> works ("none" cannot be read).</summary>
    bool CanRead { get; }

    /// <summary>Messages in order, the data of each good until the next is asked for. With follow it goes on until the driver is disposed (the container ended) or the token is cancelled.</summary>
    IAsyncEnumerable<LogMessage> ReadAsync(LogReadOptions options, CancellationToken cancellation);
}
