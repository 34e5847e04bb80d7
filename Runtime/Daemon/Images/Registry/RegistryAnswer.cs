using System.Net;
using System.Text;
using Newtonsoft.Json;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Images.Registry;

/// <summary>Reads answers of registries, which may say anything of any length.</summary>
internal static class RegistryAnswer
{
    /// <summary>For errors and tokens.</summary>
    private const int MaxDocument = 1 << 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static readonly JsonSerializerSettings s_settings = new() { MaxDepth = 32, DateParseHandling = DateParseHandling.None };

    /// <exception cref="RegistryException">The status is an error's.</exception>
    public static async Task CheckAsync(HttpResponseMessage response, HttpRequestMessage request, CancellationToken cancelled)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw await ErrorAsync(response, request, cancelled);
        }
    }

    /// <summary>The body as a document.</summary>
    /// <exception cref="EngineException">System: it is none.</exception>
    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, string what, CancellationToken cancelled)
        where T : class => Parse<T>(await ReadBytesAsync(response, MaxDocument, what, cancelled), what);

    /// <exception cref="EngineException">System: it is no such document.</exception>
    public static T Parse<T>(byte[] document, string what)
        where T : class
    {
        try
        {
            return JsonConvert.DeserializeObject<T>(Encoding.UTF8.GetString(document), s_settings) ?? throw new JsonSerializationException("it is empty");
        }
        catch (Exception error) when (error is JsonException or FormatException or OverflowException or ArgumentException or InvalidCastException)
        {
            throw EngineException.System($"the registry's {what} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The whole body.</summary>
    /// <exception cref="EngineException">System: it is longer than the limit, or it stops coming.</exception>
    public static async Task<byte[]> ReadBytesAsync(HttpResponseMessage response, int limit, string what, CancellationToken cancelled)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        patience.CancelAfter(s_patience);
        using MemoryStream content = new();
        byte[] buffer = new byte[16 * 1024];
        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(patience.Token);
            for (int read; (read = await body.ReadAsync(buffer, patience.Token)) > 0;)
            {
                if (content.Length + read > limit)
                {
                    throw EngineException.System($"the registry's {what} is larger than {limit >> 20} MiB");
                }

                content.Write(buffer, 0, read);
            }
        }
        catch (OperationCanceledException late) when (!cancelled.IsCancellationRequested)
        {
            throw new RegistryUnreachableException($"reading the registry's {what}: i/o timeout", late);
        }
        catch (HttpRequestException cut)
        {
            throw new RegistryUnreachableException($"reading the registry's {what}: unexpected EOF", cut);
        }

        return content.ToArray();
    }

    private static async Task<RegistryException> ErrorAsync(HttpResponseMessage response, HttpRequestMessage request, CancellationToken cancelled)
    {
        int status = (int)response.StatusCode;
        string code = "", message = "";
        if (request.Method != HttpMethod.Head)
        {
            (code, message) = await DescribeAsync(response, cancelled);
        }

        if (message.Length == 0)
        {
            (code, message) = FromStatus(response.StatusCode);
        }

        return new RegistryException(status, code, message, RetryAfter(response));
    }

    private static async Task<(string Code, string Message)> DescribeAsync(HttpResponseMessage response, CancellationToken cancelled)
    {
        try
        {
            RegistryErrorDocument document = await ReadAsync<RegistryErrorDocument>(response, "error", cancelled);
            return document.Errors is [{ } first, ..] ? (first.Code ?? "", Describe(first)) : document.Details is { Length: > 0 } details ? ("", OneLine(details)) : ("", "");
        }
        catch (Exception unreadable) when (unreadable is EngineException or IOException)
        {
            return ("", "");
        }
    }

    /// <summary><c>MANIFEST_UNKNOWN</c> is shown as <c>manifest unknown</c>.</summary>
    private static string Describe(RegistryErrorDocument.Item error) =>
        OneLine($"{(error.Code ?? "unknown").ToLowerInvariant().Replace('_', ' ')}: {error.Message ?? "unknown error"}");

    private static (string Code, string Message) FromStatus(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => ("UNAUTHORIZED", "unauthorized: authentication required"),
        HttpStatusCode.Forbidden => ("DENIED", "denied: requested access to the resource is denied"),
        HttpStatusCode.TooManyRequests => ("TOOMANYREQUESTS", "toomanyrequests: too many requests"),
        _ => ("", $"received unexpected HTTP status: {(int)status} {OneLine(new HttpResponseMessage(status).ReasonPhrase ?? "")}".TrimEnd()),
    };

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - DateTimeOffset.UtcNow,
        _ => null,
    };

    /// <summary>What a registry says goes to a terminal.</summary>
    private static string OneLine(string text)
    {
        string clean = new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
        return clean.Length > 1000 ? clean[..1000] : clean;
    }
}
