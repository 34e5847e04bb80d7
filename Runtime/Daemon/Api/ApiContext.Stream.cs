namespace Rtd.Daemon.Api;

internal sealed partial class ApiContext
{
    /// <summary>Sends the headers at once (<c>wait</c> and <c>events</c> clients block on them) and gives the body, chunked; flush what must not wait.</summary>
    public async Task<Stream> StartStreamAsync(int status = 200, string contentType = "application/json")
    {
        Http.Response.ContentType = contentType;
        await AuthorizeAnswerAsync(status, null);
        Http.Response.StatusCode = status;
        await Http.Response.StartAsync(Aborted);
        await Http.Response.Body.FlushAsync(Aborted);
        return Http.Response.Body;
    }

    /// <summary>One document of a JSON stream, flushed; <see cref="StartStreamAsync"/> comes first.</summary>
    public async Task WriteMessageAsync(object value)
    {
        using PooledBuffer document = new();
        Json.Encode(value, document);
        await WriteDocumentAsync(document.Written);
    }

    /// <summary>The same for a document that is encoded already.</summary>
    public async Task WriteDocumentAsync(ReadOnlyMemory<byte> document)
    {
        await Http.Response.BodyWriter.WriteAsync(document, Aborted);
        await Http.Response.BodyWriter.FlushAsync(Aborted);
    }
}
