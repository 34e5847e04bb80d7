using Rtd.Daemon.Logging;

namespace Rtd.Daemon.Containers;

/// <summary>One reading of a container's log.</summary>
/// <param name="owned">The driver was opened for this reading and closes with it.</param>
internal sealed class LogReader(ILogDriver log, bool owned, LogReadOptions options, bool tty) : IAsyncDisposable
{
    public bool Tty => tty;

    public IAsyncEnumerable<LogMessage> ReadAsync(CancellationToken cancellation) => log.ReadAsync(options, cancellation);

    public ValueTask DisposeAsync() => owned ? log.DisposeAsync() : ValueTask.CompletedTask;
}
