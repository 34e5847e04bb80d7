namespace Rtd.Daemon.Api;

/// <summary>A request that takes its connection over, before it has been answered.</summary>
/// <remarks>
/// A handler either throws before <see cref="AcceptAsync"/> (the client then gets the ordinary error answer) or accepts and from then on
/// owns both directions.
/// </remarks>
internal abstract class HijackContext
{
    public abstract string Method { get; }

    public abstract Version Version { get; }

    /// <summary>An unescaped route value.</summary>
    public abstract string this[string routeValue] { get; }

    /// <summary>A query value, or null when it is absent.</summary>
    public abstract string? Query(string name);

    public abstract bool QueryBool(string name, bool absent = false);

    /// <summary>The request's body, read whole (at most 1 MiB) and parsed; a fresh T for an empty body.</summary>
    public abstract Task<T> ReadJsonAsync<T>() where T : class, new();

    /// <summary>Cancelled when both directions of the connection are dead (reset, or write failure), not on a half-close.</summary>
    public abstract CancellationToken Aborted { get; }

    /// <summary>Sends 101 UPGRADED (or 200 without Upgrade) with the raw-stream or multiplexed-stream content type, flushed, and hands over the bytes.</summary>
    /// <param name="tty">Raw stream instead of multiplexed frames.</param>
    public abstract Task<HijackedStream> AcceptAsync(bool tty);

    /// <summary>Sends 101 Switching Protocols and hands over the content of the web socket's messages. Throws invalid parameter for a request that is no handshake.</summary>
    public abstract Task<HijackedStream> AcceptWebSocketAsync();

    /// <summary>Sends a JSON answer instead of hijacking (exec start with Detach).</summary>
    public abstract Task RespondAsync(int status, object? json);
}
