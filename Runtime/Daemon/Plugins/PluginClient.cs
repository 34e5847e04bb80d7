using System.Net;
using System.Net.Http.Headers;
using NLog;
using Rtd.Daemon.Api;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Plugins;

/// <summary>Calls of one plugin: a POST of JSON to <c>/METHOD</c>, JSON back.</summary>
internal sealed class PluginClient(string name, PluginAddress address) : IDisposable
{
    /// <summary>What plugins of Docker are asked for; they look at the version in it.</summary>
    public const string MediaType = "application/vnd.docker.plugins.v1.2+json";

    /// <summary>As long as dockerd waits for a plugin that does not listen yet.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(30);

    private const int MaxAnswer = 16 << 20;

    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(100), s_longestPause = TimeSpan.FromSeconds(5);

    private static readonly Logger s_log = LogManager.GetLogger("plugin");

    private readonly HttpMessageInvoker _invoker = PluginTransport.NewInvoker(address);

    public string Name { get; } = name;

    public PluginAddress Address { get; } = address;

    /// <summary>Calls a method. A plugin that cannot be reached is tried again until the patience ends; a request that it may have seen is sent once only.</summary>
    /// <param name="method">Such as <c>VolumeDriver.Create</c>.</param>
    /// <param name="request">Encoded as JSON; null for an empty body.</param>
    /// <param name="patience">For connecting and answer together; null for <see cref="DefaultPatience"/>.</param>
    /// <exception cref="EngineException">System: no connection, no answer in time, an error status, an <c>Err</c>, or an answer that is no JSON. Not found: the plugin knows no such method.</exception>
    public async Task<T> CallAsync<T>(string method, object? request, TimeSpan? patience = null, CancellationToken cancelled = default)
        where T : class
    {
        byte[] body = request is null ? [] : Json.Encode(request);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        limit.CancelAfter(patience ?? DefaultPatience);
        PluginUnreachableException? unreachable = null;
        try
        {
            for (TimeSpan pause = s_firstPause; ; pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
            {
                try
                {
                    return Decode<T>(method, await SendAsync(method, body, limit.Token));
                }
                catch (PluginUnreachableException error)
                {
                    unreachable = error;
                    s_log.Debug("{Plugin} {Method}: {Reason}, trying again in {Pause}", Name, method, error.Message, pause);
                    await Task.Delay(pause, limit.Token);
                }
            }
        }
        catch (OperationCanceledException late) when (!cancelled.IsCancellationRequested)
        {
            throw unreachable is not null
                ? EngineException.System($"plugin \"{Name}\" cannot be reached: {unreachable.Message}", unreachable)
                : EngineException.System($"plugin \"{Name}\" did not answer {method} in time", late);
        }
    }

    public void Dispose() => _invoker.Dispose();

    private async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(string method, byte[] body, CancellationToken cancelled)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"http://{(Address.SocketPath is null ? $"{Host}:{Address.Port}" : "plugin")}/{method}")
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.TryAddWithoutValidation("Accept", MediaType);
        try
        {
            using HttpResponseMessage answer = await _invoker.SendAsync(request, cancelled);
            await using Stream content = await answer.Content.ReadAsStreamAsync(cancelled);
            return (answer.StatusCode, await ReadAsync(content, method, cancelled));
        }
        catch (HttpRequestException failed)
        {
            throw Unreachable(failed) ?? (Exception)EngineException.System($"plugin \"{Name}\": {method}: {(failed.InnerException ?? failed).Message}", failed);
        }
        catch (IOException failed)
        {
            throw EngineException.System($"plugin \"{Name}\": {method}: {failed.Message}", failed);
        }
    }

    private string Host => Address.Host.Contains(':') ? $"[{Address.Host}]" : Address.Host;

    private static PluginUnreachableException? Unreachable(Exception failed)
    {
        Exception? cause = failed;
        while (cause is not null and not PluginUnreachableException)
        {
            cause = cause.InnerException;
        }

        return (PluginUnreachableException?)cause;
    }

    private async Task<byte[]> ReadAsync(Stream content, string method, CancellationToken cancelled)
    {
        using MemoryStream whole = new();
        byte[] block = new byte[16 << 10];
        int count;
        while ((count = await content.ReadAsync(block, cancelled)) > 0)
        {
            whole.Write(block, 0, count);
            if (whole.Length > MaxAnswer)
            {
                throw EngineException.System($"plugin \"{Name}\": {method}: the answer is larger than {MaxAnswer >> 20} MiB");
            }
        }

        return whole.ToArray();
    }

    private T Decode<T>(string method, (HttpStatusCode Status, byte[] Body) answer)
        where T : class
    {
        // Some plugins answer nothing at all where there is nothing to say.
        byte[] body = answer.Body.AsSpan().Trim(" \t\r\n"u8).IsEmpty ? "{}"u8.ToArray() : answer.Body;
        string? error = TryDecode<PluginError>(body)?.Err;
        if (answer.Status == HttpStatusCode.OK && string.IsNullOrEmpty(error))
        {
            return TryDecode<T>(body) ?? throw EngineException.System($"plugin \"{Name}\": {method}: the answer is not the JSON that was asked for");
        }

        string reason = string.IsNullOrEmpty(error) ? System.Text.Encoding.UTF8.GetString(answer.Body).Trim() : error;
        reason = reason.Length == 0 ? $"status {(int)answer.Status}" : reason;
        throw answer.Status == HttpStatusCode.NotFound ? EngineException.NotFound($"{method}: {reason}") : EngineException.System($"{method}: {reason}");
    }

    private static T? TryDecode<T>(byte[] body)
        where T : class
    {
        try
        {
            return Json.Decode<T>(body);
        }
        catch (EngineException)
        {
            return null;
        }
    }
}
