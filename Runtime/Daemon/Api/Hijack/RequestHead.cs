namespace Rtd.Daemon.Api.Hijack;

/// <summary>What a request's head says of where the request ends and whether it takes the connection over.</summary>
/// <param name="Target">As sent.</param>
/// <param name="ContentLength">Null when not given.</param>
/// <param name="Upgrade">An <c>Upgrade</c> header is there (what dockerd looks at; its value is not checked).</param>
/// <param name="KeepAlive">Whether another request may follow.</param>
/// <param name="ContentType">Null when not given.</param>
/// <param name="WebSocketKey">Sec-WebSocket-Key, when the upgrade is to version 13 of that protocol.</param>
internal sealed record RequestHead(
    string Method,
    string Target,
    long? ContentLength,
    bool Chunked,
    bool Upgrade,
    bool ExpectContinue,
    bool KeepAlive,
    string? ContentType,
    string? WebSocketKey = null)
{
    /// <summary>All headers, when somebody wants to see them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public IMessageBody NewBody() => Chunked ? new ChunkedBody() : new SizedBody(ContentLength ?? 0);
}
