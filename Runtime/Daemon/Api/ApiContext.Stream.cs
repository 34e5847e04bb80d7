namespace Rtd.Daemon.Api;

internal sealed partial class ApiContext
{
    /// <summary>Sends the headers at once (<c>wait</c> and <c>events</c> clients block on them) and gives the body, chunked; flush what must not wait.</summary>
    public async Task<Stream> StartStreamAsync(int status = 200, string contentType = "application/json")
    {
        Http.Response.StatusCode = status;
        Http.Response.ContentType = contentType;
        await Http.Response.StartAsync(Aborted);
        await Http.Response.Body.FlushAsync(Aborted);
        return Http.Response.Body;
    }

    /// <summary>One document of a JSON stream, flushed; <see cref="StartStreamAsync"/> comes first.</summary>
    public async Task WriteMessageAsync(object value)
    {
        await Http.Response.BodyWriter.WriteAsync(Json.Encode(value), Aborted);
        await Http.Response.BodyWriter.FlushAsync(Aborted);
    }
}
