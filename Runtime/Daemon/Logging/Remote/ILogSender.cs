namespace Rtd.Daemon.Logging.Remote;

/// <summary>One connection to a collector of logs. Used by one caller at a time.</summary>
internal interface ILogSender : IAsyncDisposable
{
    /// <summary>Connects, unless it is. Throws <see cref="IOException"/> or a socket's or TLS's own exception.</summary>
    Task ConnectAsync(CancellationToken cancelled);

    /// <summary>Sends entries in order. After an exception of the same kinds the connection is closed, and the same entries may be given again.</summary>
    /// <returns>How many of them the collector can never take (too large for a datagram).</returns>
    Task<int> SendAsync(IReadOnlyList<RemoteEntry> entries, CancellationToken cancelled);
}
