using Rtd.Daemon.Logging.Remote;

namespace Rtd.Daemon.Logging.Fluentd;

/// <summary>Options of the fluentd driver.</summary>
internal sealed record FluentdOptions(CollectorAddress Address, bool SubSecond, bool Acknowledge, TimeSpan? WriteTimeout, RemoteLogOptions Queue)
{
    private const int DefaultPort = 24224;

    public static FluentdOptions Parse(LogOptions options, RemoteLogOptions queue)
    {
        options.RefuseUnknown(
            "fluentd-address", "fluentd-async", "fluentd-async-connect", "fluentd-async-reconnect-interval", "fluentd-buffer-limit", "fluentd-max-retries", "fluentd-request-ack",
            "fluentd-retry-wait", "fluentd-sub-second-precision", "fluentd-write-timeout");
        TimeSpan? reconnect = options.Duration("fluentd-async-reconnect-interval");
        return new FluentdOptions(
            CollectorAddress.Parse(options.Text("fluentd-address") ?? "127.0.0.1:24224", "fluentd-address", DefaultPort, "tcp", "tls", "unix"),
            options.Flag("fluentd-sub-second-precision"),
            options.Flag("fluentd-request-ack"),
            options.Duration("fluentd-write-timeout") is { Ticks: > 0 } timeout ? timeout : null,
            queue with
            {
                Async = options.Flag("fluentd-async") || options.Flag("fluentd-async-connect"),
                Buffer = options.Text("fluentd-buffer-limit") is { } limit ? Math.Max(HumanSize.Parse(limit), 1) : queue.Buffer,
                Retry = options.Duration("fluentd-retry-wait") ?? TimeSpan.FromMilliseconds(500),
                LongestRetry = reconnect is { Ticks: > 0 } ? reconnect.Value : queue.LongestRetry,
                MaxRetries = options.Number("fluentd-max-retries"),
            });
    }
}
