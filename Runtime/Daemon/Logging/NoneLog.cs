using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Logging;

/// <summary>Keeps nothing.</summary>
internal sealed class NoneLog : ILogDriver
{
    public string Name => "none";

    public bool CanRead => false;

    public void Write(LogMessage message)
    {
    }

    public void Flush()
    {
    }

    public IAsyncEnumerable<LogMessage> ReadAsync(LogReadOptions options, CancellationToken cancellation) =>
        throw new EngineException(ErrorKind.NotImplemented, "configured logging driver does not support reading");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
