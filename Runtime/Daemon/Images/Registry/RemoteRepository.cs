using System.Net;
using Newtonsoft.Json;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images.Registry;

/// <summary>A repository in a registry (OCI distribution spec; Docker registry HTTP API v2).</summary>
/// <param name="path">Without the domain: <c>library/busybox</c>.</param>
/// <param name="actions">What is going to be done: <c>pull</c>, or <c>pull,push</c>.</param>
internal sealed partial class RemoteRepository(RegistrySession session, string path, string actions)
{
    /// <summary>The most that registries and clients agree on.</summary>
    public const int MaxManifest = 4 << 20;

    /// <summary>A registry with more tags than this is not one to pull all of.</summary>
    private const int MaxTags = 100_000;

    private readonly string _scope = $"repository:{path}:{actions}";

    public string Path => path;

    public RegistrySession Session => session;

    /// <summary>The registry is there and takes our credentials.</summary>
    public async Task CheckAccessAsync(CancellationToken cancelled)
    {
        using HttpResponseMessage response = await CheckedAsync(new RegistryRequest(HttpMethod.Get, new Uri("v2/", UriKind.Relative), _scope), cancelled);
    }

    /// <summary>Fetches a manifest by tag or digest.</summary>
    /// <exception cref="RegistryException">The registry refuses.</exception>
    /// <exception cref="EngineException">System: too large, or not what its digest says.</exception>
    public async Task<RemoteManifest> GetManifestAsync(string reference, CancellationToken cancelled)
    {
        using HttpResponseMessage response = await CheckedAsync(Manifest(HttpMethod.Get, reference), cancelled);
        byte[] content = await RegistryAnswer.ReadBytesAsync(response, MaxManifest, "manifest", cancelled);
        string digest = ImageStore.Digest(content);
        return !ChainId.IsDigest(reference) || digest == reference
            ? new RemoteManifest(MediaType(response, content), digest, content)
            : throw EngineException.System($"manifest verification failed for digest {reference}");
    }

    /// <summary>A config or another small blob, whole and verified.</summary>
    /// <exception cref="EngineException">System: too large, or not what its digest says.</exception>
    public async Task<byte[]> GetBlobAsync(OciDescriptor descriptor, int limit, CancellationToken cancelled)
    {
        using HttpResponseMessage response = await CheckedAsync(Blob(HttpMethod.Get, descriptor.Digest), cancelled);
        byte[] content = await RegistryAnswer.ReadBytesAsync(response, limit, "image configuration", cancelled);
        return ImageStore.Digest(content) == descriptor.Digest
            ? content
            : throw EngineException.System($"image config verification failed for digest {descriptor.Digest}");
    }

    /// <summary>Opens a blob at an offset; the answer may be 200 or 206.</summary>
    public Task<HttpResponseMessage> OpenBlobAsync(string digest, long offset, CancellationToken cancelled) =>
        CheckedAsync(Blob(HttpMethod.Get, digest) with { Offset = offset }, cancelled);

    /// <summary>Opens a blob that its descriptor says is somewhere else. The session gives its credentials to nobody but its own endpoint.</summary>
    public Task<HttpResponseMessage> OpenForeignAsync(Uri url, long offset, CancellationToken cancelled) =>
        CheckedAsync(new RegistryRequest(HttpMethod.Get, url, _scope) { Offset = offset }, cancelled);

    /// <summary>All tags, through all pages.</summary>
    public async Task<IReadOnlyList<string>> ListTagsAsync(CancellationToken cancelled)
    {
        List<string> tags = [];
        await ReadPagesAsync(
            session,
            new RegistryRequest(HttpMethod.Get, new Uri($"v2/{path}/tags/list", UriKind.Relative), _scope),
            page =>
            {
                tags.AddRange((page.Tags ?? []).OfType<string>());
                return tags.Count < MaxTags;
            },
            cancelled);
        return tags;
    }

    /// <summary>Reads a paged list until it ends, the callback says false, or it goes in circles.</summary>
    internal static async Task ReadPagesAsync(RegistrySession session, RegistryRequest request, Func<RegistryTagList, bool> take, CancellationToken cancelled)
    {
        HashSet<string> seen = [];
        Uri? next = request.Url;
        while (next is not null && seen.Add(next.OriginalString))
        {
            using HttpResponseMessage response = await session.SendAsync(request with { Url = next }, cancelled);
            await CheckAsync(response, request, session, cancelled);
            byte[] content = await RegistryAnswer.ReadBytesAsync(response, MaxManifest, "list", cancelled);
            next = take(RegistryAnswer.Parse<RegistryTagList>(content, "list")) ? NextPage(response) : null;
        }
    }

    /// <summary><c>Link: &lt;/v2/…?last=x&amp;n=100&gt;; rel="next"</c> (RFC 8288).</summary>
    private static Uri? NextPage(HttpResponseMessage response)
    {
        string link = response.Headers.NonValidated.TryGetValues("Link", out var values) ? values.ToString() : "";
        int start = link.IndexOf('<'), end = link.IndexOf('>');
        return start >= 0 && end > start && link.Contains("next", StringComparison.Ordinal) && Uri.TryCreate(link[(start + 1)..end], UriKind.RelativeOrAbsolute, out Uri? url) ? url : null;
    }

    private async Task<HttpResponseMessage> CheckedAsync(RegistryRequest request, CancellationToken cancelled)
    {
        HttpResponseMessage response = await session.SendAsync(request, cancelled);
        try
        {
            await CheckAsync(response, request, session, cancelled);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static async Task CheckAsync(HttpResponseMessage response, RegistryRequest request, RegistrySession session, CancellationToken cancelled)
    {
        using HttpRequestMessage message = new(request.Method, new Uri(session.Endpoint.Url, request.Url));
        await RegistryAnswer.CheckAsync(response, message, cancelled);
    }

    private RegistryRequest Manifest(HttpMethod method, string reference) =>
        new(method, new Uri($"v2/{path}/manifests/{reference}", UriKind.Relative), _scope) { Accept = MediaTypes.Manifests };

    private RegistryRequest Blob(HttpMethod method, string digest) =>
        new(method, new Uri($"v2/{path}/blobs/{digest}", UriKind.Relative), _scope);

    /// <summary>Servers of static files know no media types; what the document says of itself counts then, or what it looks like.</summary>
    private static string MediaType(HttpResponseMessage response, byte[] content)
    {
        string header = response.Content.Headers.ContentType?.MediaType ?? "";
        if (MediaTypes.IsManifest(header) || MediaTypes.IsIndex(header) || MediaTypes.IsSchema1(header))
        {
            return header;
        }

        ManifestHead head = RegistryAnswer.Parse<ManifestHead>(content, "manifest");
        return head.MediaType is { Length: > 0 } own ? own
            : head.SchemaVersion == 1 ? MediaTypes.DockerSchema1
            : head.Manifests is not null ? MediaTypes.OciIndex
            : MediaTypes.OciManifest;
    }

    private sealed class ManifestHead
    {
        [JsonProperty("schemaVersion")]
        public int SchemaVersion { get; set; }

        [JsonProperty("mediaType")]
        public string? MediaType { get; set; }

        [JsonProperty("manifests")]
        public object? Manifests { get; set; }
    }
}
