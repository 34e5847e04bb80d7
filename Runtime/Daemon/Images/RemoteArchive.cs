using System.Net.Http.Headers;
using System.Text;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Images;

/// <summary>An archive to import that a web server has.</summary>
internal sealed class RemoteArchive
{
    /// <summary>As much of an error page as a message should hold.</summary>
    private const int MaxErrorText = 1024;

    /// <summary>Follows redirections (never to anything but http and https), takes proxies from the environment, and has no limit on the whole download.</summary>
    private static readonly HttpClient s_http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(30), PooledConnectionLifetime = TimeSpan.Zero })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <param name="address">A URL; http when it names no scheme.</param>
    /// <exception cref="EngineException">Invalid parameter: not a URL of a web server.</exception>
    public RemoteArchive(string address)
    {
        string text = address.Contains("://", StringComparison.Ordinal) ? address : "http://" + address;
        Address = Uri.TryCreate(text, UriKind.Absolute, out Uri? parsed) && (parsed.Scheme == Uri.UriSchemeHttp || parsed.Scheme == Uri.UriSchemeHttps) && parsed.Host.Length > 0
            ? parsed
            : throw EngineException.InvalidParameter($"cannot import from \"{ShownAddress.In(address)}\": must be - or a URL of http or https");
    }

    public Uri Address { get; }

    /// <summary>For messages and histories: without name and password.</summary>
    public string Shown => ShownAddress.In(Address.ToString());

    /// <summary>Asks for it; the body is still to be read.</summary>
    /// <exception cref="EngineException">The server's answer as a kind of error; system when it does not answer.</exception>
    public async Task<HttpResponseMessage> GetAsync(CancellationToken cancelled)
    {
        HttpResponseMessage response;
        using HttpRequestMessage request = new(HttpMethod.Get, Address);
        if (Address.UserInfo.Length > 0)
        {
            // A redirection does not take them along.
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(Address.UserInfo))));
        }

        try
        {
            response = await s_http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancelled);
        }
        catch (HttpRequestException failure)
        {
            ErrorKind kind = failure.HttpRequestError == HttpRequestError.NameResolutionError ? ErrorKind.NotFound : ErrorKind.System;
            throw new EngineException(kind, $"failed to GET {Shown}: {failure.Message}", failure);
        }

        if ((int)response.StatusCode < 400)
        {
            return response;
        }

        using (response)
        {
            throw new EngineException(Kind((int)response.StatusCode), $"failed to GET {Shown} with status {(int)response.StatusCode} {response.ReasonPhrase}: {await ErrorTextAsync(response, cancelled)}");
        }
    }

    private static ErrorKind Kind(int status) => status switch
    {
        400 => ErrorKind.InvalidParameter,
        401 => ErrorKind.Unauthorized,
        403 => ErrorKind.Forbidden,
        404 => ErrorKind.NotFound,
        _ => ErrorKind.System,
    };

    private static async Task<string> ErrorTextAsync(HttpResponseMessage response, CancellationToken cancelled)
    {
        byte[] text = new byte[MaxErrorText];
        await using Stream body = await response.Content.ReadAsStreamAsync(cancelled);
        int length = await body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancelled);
        return Encoding.UTF8.GetString(text, 0, length).Trim();
    }
}
