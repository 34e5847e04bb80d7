using System.Net.Mime;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Api;

internal sealed partial class ApiContext
{
    /// <summary>Whether the request says that it has a body.</summary>
    public bool HasBody => Http.Request.ContentLength is > 0 || Http.Request.Headers.TransferEncoding.Count > 0;

    /// <summary>The body as JSON; a fresh T when there is none. Throws invalid parameter in dockerd's words.</summary>
    public async Task<T> ReadJsonAsync<T>()
        where T : class, new() => await ReadOptionalJsonAsync<T>() ?? new T();

    /// <summary>As <see cref="ReadJsonAsync{T}"/>, but null when there is no body.</summary>
    public async Task<T?> ReadOptionalJsonAsync<T>()
        where T : class => await ReadDocumentAsync() is { } document ? Json.Decode<T>(document) : null;

    /// <summary>As <see cref="ReadOptionalJsonAsync{T}"/>, but also null when the document says null, as the docker command sends for "nothing".</summary>
    public async Task<T?> ReadNullableJsonAsync<T>()
        where T : class => await ReadDocumentAsync() is { } document && !document.AsSpan().Trim(" \t\r\n"u8).SequenceEqual("null"u8) ? Json.Decode<T>(document) : null;

    private async Task<byte[]?> ReadDocumentAsync()
    {
        if (!HasBody)
        {
            return null;
        }

        JsonBody.CheckContentType(Http.Request.ContentType);
        return await JsonBody.ReadWholeAsync(Http.Request.BodyReader, Http.Request.ContentLength, Aborted);
    }

    /// <summary>Answers with a document and its length.</summary>
    public async Task WriteJsonAsync(int status, object? value)
    {
        using PooledBuffer document = new();
        Json.Encode(value, document);
        await WriteBytesAsync(status, MediaTypeNames.Application.Json, document.Written);
    }

    /// <summary>Answers with a status and nothing else.</summary>
    public async Task WriteEmptyAsync(int status)
    {
        await AuthorizeAnswerAsync(status, null);
        Http.Response.StatusCode = status;
        if (status is not (204 or 304 or < 200))
        {
            Http.Response.ContentLength = 0;
        }

        await Http.Response.StartAsync(Aborted);
    }

    /// <summary>Answers with plain text.</summary>
    public Task WriteTextAsync(int status, string text, string contentType = "text/plain; charset=utf-8") =>
        WriteBytesAsync(status, contentType, System.Text.Encoding.UTF8.GetBytes(text));

    private async Task WriteBytesAsync(int status, string contentType, ReadOnlyMemory<byte> body)
    {
        Http.Response.ContentType = contentType;
        await AuthorizeAnswerAsync(status, Authorized is not null && Authorization.AuthorizationQuestion.IsJson(contentType) ? body.ToArray() : null);
        Http.Response.StatusCode = status;
        Http.Response.ContentLength = body.Length;
        if (Http.Request.Method != "HEAD")
        {
            await Http.Response.BodyWriter.WriteAsync(body, Aborted);
        }
    }
}
