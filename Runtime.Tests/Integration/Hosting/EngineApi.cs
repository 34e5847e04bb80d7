using System.Net.Sockets;
using System.Text;
using Newtonsoft.Json.Linq;

namespace Rtd.Tests.Integration.Hosting;

/// <summary>The daemon's API as a program sees it: HTTP on the socket, and the bare connection for what HTTP clients do not do.</summary>
internal sealed class EngineApi : IDisposable
{
    private readonly string _socket;
    private readonly HttpClient _http;

    public EngineApi(string socket)
    {
        _socket = socket;
        SocketsHttpHandler handler = new() { ConnectCallback = async (_, cancellation) => await ConnectAsync(cancellation) };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://docker"), Timeout = Command.Patience };
    }

    public Task<byte[]> GetBytesAsync(string path) => _http.GetByteArrayAsync(path);

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(path);

    /// <summary>Returns when the headers are there.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

    public Task<HttpResponseMessage> PostAsync(string path, HttpContent? content = null) => _http.PostAsync(path, content);

    public Task<HttpResponseMessage> PostJsonAsync(string path, object body) => PostTextAsync(path, JToken.FromObject(body).ToString());

    public Task<HttpResponseMessage> PostTextAsync(string path, string body) =>
        _http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    public Task<HttpResponseMessage> DeleteAsync(string path) => _http.DeleteAsync(path);

    public async Task<JToken> GetJsonAsync(string path)
    {
        using HttpResponseMessage response = await GetAsync(path);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"GET {path}: {(int)response.StatusCode} {body}");
        return JToken.Parse(body);
    }

    /// <summary>The message of an error answer, after a check of its status and form.</summary>
    public static async Task<string> ErrorAsync(HttpResponseMessage response, params int[] statuses)
    {
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(statuses.Contains((int)response.StatusCode), $"status {string.Join(" or ", statuses)} expected: {(int)response.StatusCode} {body}");
        string? message = (string?)JObject.Parse(body)["message"];
        Assert.False(string.IsNullOrWhiteSpace(message), $"an error without a message: {body}");
        return message!;
    }

    /// <summary>The daemon answers.</summary>
    public async Task PingAsync()
    {
        using HttpResponseMessage response = await GetAsync("/_ping");
        Assert.Equal("OK", await response.Content.ReadAsStringAsync());
    }

    /// <summary>A bare connection to the daemon.</summary>
    public async Task<NetworkStream> ConnectAsync(CancellationToken cancellation = default)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();
}
