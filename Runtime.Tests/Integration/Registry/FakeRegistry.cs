using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace Rtd.Tests.Integration.Registry;

/// <summary>A registry on loopback that can be made to misbehave: it serves what it was given, and lets a test answer any request in its place.</summary>
internal sealed class FakeRegistry : IAsyncDisposable
{
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json", OciIndex = "application/vnd.oci.image.index.v1+json",
        DockerManifest = "application/vnd.docker.distribution.manifest.v2+json", Gzip = "application/vnd.oci.image.layer.v1.tar+gzip";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<FakeRequest> _requests = [];

    private FakeRegistry(WebApplication app) => _app = app;

    /// <summary>Host and port, as references begin.</summary>
    public string Host { get; private set; } = "";

    public ConcurrentDictionary<string, byte[]> Blobs { get; } = [];

    /// <summary>By <c>name:tag</c> and <c>name@digest</c>.</summary>
    public ConcurrentDictionary<string, (string Type, byte[] Content)> Manifests { get; } = [];

    /// <summary>Answers a request, or says false to have it answered as usual.</summary>
    public Func<HttpContext, Task<bool>> Intercept { get; set; } = _ => Task.FromResult(false);

    public IReadOnlyList<FakeRequest> Requests => [.. _requests];

    public static async Task<FakeRegistry> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            options.Limits.MaxRequestBodySize = null;
        });
        FakeRegistry registry = new(builder.Build());
        registry._app.Run(registry.AnswerAsync);
        await registry._app.StartAsync();
        registry.Host = $"127.0.0.1:{new Uri(registry._app.Urls.First()).Port}";
        return registry;
    }

    public static string Digest(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    public static byte[] Compress(byte[] content)
    {
        MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }

    public int Count(string method, string pathEnd) => _requests.Count(request => request.Method == method && request.Path.EndsWith(pathEnd, StringComparison.Ordinal));

    /// <summary>Puts a blob, and gives its descriptor.</summary>
    public JObject Blob(string type, byte[] content)
    {
        Blobs[Digest(content)] = content;
        return new JObject { ["mediaType"] = type, ["digest"] = Digest(content), ["size"] = content.Length };
    }

    /// <summary>Puts an image of plain layers, gzipped on the way, and gives its manifest's descriptor.</summary>
    public JObject Image(string name, string tag, params byte[][] layers) =>
        Image(name, tag, "amd64", layers, layers.Select(layer => Blob(Gzip, Compress(layer))));

    /// <summary>Puts an image whose manifest may say anything of its layers.</summary>
    public JObject Image(string name, string tag, string architecture, IEnumerable<byte[]> layers, IEnumerable<JObject> descriptors)
    {
        JObject config = new()
        {
            ["architecture"] = architecture,
            ["os"] = "linux",
            ["config"] = new JObject { ["Cmd"] = new JArray("sh") },
            ["rootfs"] = new JObject { ["type"] = "layers", ["diff_ids"] = new JArray(layers.Select(Digest)) },
        };
        JObject manifest = new()
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = OciManifest,
            ["config"] = Blob("application/vnd.oci.image.config.v1+json", Encoding.UTF8.GetBytes(config.ToString())),
            ["layers"] = new JArray(descriptors),
        };
        return Manifest(name, tag, OciManifest, manifest.ToString());
    }

    public JObject Manifest(string name, string tag, string type, string content)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(content);
        Manifests[$"{name}:{tag}"] = Manifests[$"{name}@{Digest(bytes)}"] = (type, bytes);
        return new JObject { ["mediaType"] = type, ["digest"] = Digest(bytes), ["size"] = bytes.Length };
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource now = new(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        _requests.Enqueue(new FakeRequest(request.Method, request.Path, request.QueryString.Value ?? "", request.Headers.Authorization.ToString(), request.Headers.Range.ToString()));
        if (await Intercept(context))
        {
            return;
        }

        string path = request.Path.Value!;
        int blob = path.IndexOf("/blobs/", StringComparison.Ordinal), manifest = path.IndexOf("/manifests/", StringComparison.Ordinal);
        if (blob > 0 && Blobs.TryGetValue(path[(blob + 7)..], out byte[]? content))
        {
            await SendBlobAsync(context, content);
        }
        else if (manifest > 0 && Find(path[4..manifest], path[(manifest + 11)..]) is { } found)
        {
            context.Response.ContentType = found.Type;
            context.Response.ContentLength = found.Content.Length;
            await context.Response.Body.WriteAsync(found.Content);
        }
        else
        {
            await RefuseAsync(context, 404, manifest > 0 ? "MANIFEST_UNKNOWN" : "BLOB_UNKNOWN", "not here");
        }
    }

    public static Task RefuseAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(new JObject { ["errors"] = new JArray(new JObject { ["code"] = code, ["message"] = message }) }.ToString());
    }

    public static async Task SendBlobAsync(HttpContext context, byte[] content)
    {
        int start = 0;
        if (context.Request.Headers.Range.ToString() is { Length: > 0 } range)
        {
            start = int.Parse(range["bytes=".Length..].TrimEnd('-'));
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {start}-{content.Length - 1}/{content.Length}";
        }

        context.Response.ContentLength = content.Length - start;
        await context.Response.Body.WriteAsync(content.AsMemory(start));
    }

    private (string Type, byte[] Content)? Find(string name, string reference) =>
        Manifests.TryGetValue($"{name}{(reference.StartsWith("sha256:", StringComparison.Ordinal) ? '@' : ':')}{reference}", out var manifest) ? manifest : null;
}
