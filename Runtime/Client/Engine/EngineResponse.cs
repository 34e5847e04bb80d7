using System.Text.Json;

namespace Rtd.Client.Engine;

/// <summary>A daemon's answer whose body has not been read yet.</summary>
internal sealed class EngineResponse(HttpHead head, HttpBody body, Action<EngineResponse> finished) : IDisposable
{
    public int Status => Head.Status;

    public HttpHead Head { get; } = head;

    public HttpBody Body { get; } = body;

    /// <summary>The whole body as JSON; an empty body is JSON null.</summary>
    public JsonDocument ReadJson()
    {
        byte[] bytes = Body.ReadAll();
        try
        {
            return JsonDocument.Parse(bytes.Length == 0 ? "null"u8.ToArray() : bytes);
        }
        catch (JsonException)
        {
            throw new EngineConnectionException("the daemon's answer is not JSON");
        }
    }

    public void Dispose() => finished(this);
}
