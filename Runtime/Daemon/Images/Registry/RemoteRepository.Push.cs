using System.Net;
using System.Net.Http.Headers;

namespace Rtd.Daemon.Images.Registry;

internal sealed partial class RemoteRepository
{
    /// <summary>A registry reads a large blob once more before it takes it.</summary>
    private static readonly TimeSpan s_commit = TimeSpan.FromMinutes(15), s_stall = TimeSpan.FromSeconds(60);

    /// <summary>The size of a blob that the repository has, or null. One that may not be looked at (storage behind a redirect) counts as not there.</summary>
    public async Task<long?> FindBlobAsync(string digest, CancellationToken cancelled)
    {
        RegistryRequest request = Blob(HttpMethod.Head, digest);
        using HttpResponseMessage response = await session.SendAsync(request, cancelled);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden)
        {
            return null;
        }

        await CheckAsync(response, request, session, cancelled);
        return response.Content.Headers.ContentLength ?? 0;
    }

    /// <summary>Begins an upload; or none, when the registry takes the blob over from another repository of its own.</summary>
    /// <param name="mount">A digest and the repository that has it, or null.</param>
    /// <returns>Where to upload to, or null when the blob is there now.</returns>
    public async Task<Uri?> BeginUploadAsync((string Digest, string From)? mount, CancellationToken cancelled)
    {
        string query = mount is { } known ? $"?mount={Uri.EscapeDataString(known.Digest)}&from={Uri.EscapeDataString(known.From)}" : "";
        RegistryRequest request = new(
            HttpMethod.Post,
            new Uri($"v2/{path}/blobs/uploads/{query}", UriKind.Relative),
            mount is null ? _scope : $"{_scope} repository:{mount.Value.From}:pull");
        using HttpResponseMessage response = await CheckedAsync(request, cancelled);
        return response.StatusCode == HttpStatusCode.Created && mount is not null ? null : Location(response, request.Url);
    }

    /// <summary>Uploads a blob whose digest is known only when it is all sent.</summary>
    /// <param name="write">Writes the blob; called with a callback for signs of life.</param>
    /// <param name="digest">Asked when all is written.</param>
    public async Task UploadAsync(Uri upload, Func<Stream, CancellationToken, Task> write, Func<string> digest, CancellationToken cancelled)
    {
        using CancellationTokenSource stall = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        stall.CancelAfter(s_stall);
        RegistryRequest patch = new(HttpMethod.Patch, upload, _scope)
        {
            Patience = null,
            Content = () => new UploadContent(write, stall, s_stall, s_commit),
        };
        try
        {
            using HttpResponseMessage response = await CheckedAsync(patch, stall.Token);
            upload = Location(response, upload);
        }
        catch (OperationCanceledException late) when (!cancelled.IsCancellationRequested)
        {
            throw new RegistryUnreachableException($"Patch \"{upload}\": i/o timeout", late);
        }

        await CommitAsync(upload, digest(), null, cancelled);
    }

    /// <summary>Uploads a small blob in one request.</summary>
    public async Task UploadAsync(byte[] content, string digest, CancellationToken cancelled)
    {
        Uri upload = await BeginUploadAsync(null, cancelled) ?? throw new InvalidOperationException("an upload without a mount has a location");
        await CommitAsync(upload, digest, content, cancelled);
    }

    /// <summary>Puts a manifest under a tag.</summary>
    public async Task PutManifestAsync(string tag, string mediaType, byte[] content, CancellationToken cancelled)
    {
        RegistryRequest request = Manifest(HttpMethod.Put, tag) with
        {
            Accept = [],
            Content = () => new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } },
        };
        using HttpResponseMessage response = await CheckedAsync(request, cancelled);
    }

    private async Task CommitAsync(Uri upload, string digest, byte[]? content, CancellationToken cancelled)
    {
        Uri absolute = new(session.Endpoint.Url, upload);
        string query = $"digest={Uri.EscapeDataString(digest)}";
        UriBuilder url = new(absolute) { Query = absolute.Query.Length > 1 ? $"{absolute.Query[1..]}&{query}" : query };
        RegistryRequest request = new(HttpMethod.Put, url.Uri, _scope)
        {
            Patience = s_commit,
            Content = () => new ByteArrayContent(content ?? []) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } },
        };
        using HttpResponseMessage response = await CheckedAsync(request, cancelled);
    }

    private Uri Location(HttpResponseMessage response, Uri asked) => response.Headers.Location is { } location
        ? new Uri(new Uri(session.Endpoint.Url, asked), location)
        : throw new RegistryException(502, "", "the registry did not say where to upload to");
}
