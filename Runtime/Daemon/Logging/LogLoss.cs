using NLog;
using Rtd.Daemon.Metrics;

namespace Rtd.Daemon.Logging;

/// <summary>Counts the messages that a log could not take, and tells of them: at the first, and then at most once a minute.</summary>
internal sealed class LogLoss
{
    private static readonly Logger s_log = LogManager.GetLogger("logs");
    private static readonly TimeSpan s_silence = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long _told = long.MinValue;
    private long _sinceTold;

    public long Messages { get; private set; }

    public string? Reason { get; private set; }

    /// <param name="log">Whose messages: a path or a driver and a container.</param>
    public void Add(long messages, string log, string? reason)
    {
        if (messages == 0)
        {
            return;
        }

        EngineMetrics.LogMessagesLost.Add(messages);
        long now = Environment.TickCount64;
        lock (_lock)
        {
            Messages += messages;
            Reason = reason;
            _sinceTold += messages;
            if (_told == long.MinValue || now - _told >= s_silence.TotalMilliseconds)
            {
                Tell(log);
            }
        }
    }

    /// <summary>At the end of the log: tells of those that were not told yet.</summary>
    public void TellRest(string log)
    {
        lock (_lock)
        {
            if (_sinceTold > 0)
            {
                Tell(log);
            }
        }
    }

    private void Tell(string log)
    {
        s_log.Warn("{Log}: {Count} {Noun} lost: {Reason}", log, _sinceTold, _sinceTold == 1 ? "message" : "messages", Reason);
        (_told, _sinceTold) = (Environment.TickCount64, 0);
    }
}
