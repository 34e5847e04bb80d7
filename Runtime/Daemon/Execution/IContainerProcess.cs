namespace Rtd.Daemon.Execution;

/// <summary>A running process that the daemon started and reaps: a container's first, or an exec.</summary>
internal interface IContainerProcess
{
    ProcessIdentity Identity { get; }

    /// <summary>Completes when the process has been reaped and all its output delivered (a background child that keeps the pipe open delays it by a short grace at most).</summary>
    Task<ExitStatus> Exited { get; }

    /// <summary>Completes when the process has been reaped, while its last output may still wait for a slow reader.</summary>
    Task Reaped { get; }

    /// <summary>True once reaped.</summary>
    bool HasExited { get; }

    /// <summary>It has ended, all there is to learn of it and its cgroup has been read: what its runtime still holds of it goes.</summary>
    Task ReleaseAsync() => Task.CompletedTask;

    /// <summary>Sends a signal by pidfd; false when it is already gone.</summary>
    bool Kill(int signal);

    /// <summary>Writes to stdin (pipe or terminal) with back-pressure. Throws IOException when the process no longer reads.</summary>
    ValueTask WriteStdinAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation);

    /// <summary>End of input: closes the pipe. A terminal gets nothing (as with Docker).</summary>
    void CloseStdin();

    /// <summary>Sets the terminal's size; an error without a terminal.</summary>
    void Resize(ushort height, ushort width);

    /// <summary>Its parent is not the daemon but the supervisor.</summary>
    bool OutlivesDaemon => false;

    /// <summary>Its end is written down: it need not be known any more, should the daemon end now.</summary>
    void Forget()
    {
    }
}
