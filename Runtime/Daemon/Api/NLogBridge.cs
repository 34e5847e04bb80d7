using Microsoft.Extensions.Logging;
using NLog;
using ILogger = Microsoft.Extensions.Logging.ILogger;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Rtd.Daemon.Api;

/// <summary>Kestrel's own messages in the daemon's log, under "http"; its information is our debugging.</summary>
internal sealed class NLogBridge : ILoggerFactory, ILogger
{
    private static readonly Logger s_log = LogManager.GetLogger("http");

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("there is one log");

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => s_log.IsEnabled(Level(logLevel));

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        NLog.LogLevel level = Level(logLevel);
        if (s_log.IsEnabled(level))
        {
            s_log.Log(level, exception, "{Message}", formatter(state, exception));
        }
    }

    private static NLog.LogLevel Level(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => NLog.LogLevel.Error,
        LogLevel.Warning => NLog.LogLevel.Warn,
        _ => NLog.LogLevel.Trace,
    };
}
