namespace Rtd.Daemon.Logging.Remote;

/// <summary>How messages wait for a collector, whichever it is.</summary>
internal sealed record RemoteLogOptions
{
    public const long DefaultBuffer = 1_000_000;

    /// <summary>Bytes that may wait. When they do, a blocking log makes the container wait, another one loses messages.</summary>
    public long Buffer { get; init; } = DefaultBuffer;

    public bool NonBlocking { get; init; }

    /// <summary>A collector that cannot be reached is no reason not to start.</summary>
    public bool Async { get; init; }

    /// <summary>What the first connection may take, for which a start waits.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The first pause before another try; it doubles up to <see cref="LongestRetry"/>.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Tries of one message after which it is lost; null for no end of trying.</summary>
    public int? MaxRetries { get; init; }
}
