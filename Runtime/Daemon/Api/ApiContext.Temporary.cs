using System.Text;
using Newtonsoft.Json;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Api;

internal sealed partial class ApiContext
{
    public async Task<T> ReadJsonAsync<T>() where T : class, new()
    {
        using StreamReader reader = new(RequestBody, Encoding.UTF8);
        string text = await reader.ReadToEndAsync(Aborted);
        try
        {
            return JsonConvert.DeserializeObject<T>(text, new JsonSerializerSettings
            {
                DateParseHandling = DateParseHandling.None,
                NullValueHandling = NullValueHandling.Ignore,
            }) ?? new T();
        }
        catch (JsonException malformed)
        {
            throw EngineException.InvalidParameter($"invalid JSON: {malformed.Message}", malformed);
        }
    }

    public async Task WriteJsonAsync(int status, object? value)
    {
        byte[] body = Encoding.UTF8.GetBytes(JsonConvert.SerializeObject(value) + "\n");
        Http.Response.StatusCode = status;
        Http.Response.ContentType = "application/json";
        Http.Response.ContentLength = body.Length;
        await ResponseBody.WriteAsync(body, Aborted);
    }

    public Task WriteEmptyAsync(int status)
    {
        Http.Response.StatusCode = status;
        return Http.Response.StartAsync(Aborted);
    }

    public Stream StartStream(string contentType, int status = 200)
    {
        Http.Response.StatusCode = status;
        Http.Response.ContentType = contentType;
        Http.Response.StartAsync(Aborted).GetAwaiter().GetResult();
        ResponseBody.Flush();
        return ResponseBody;
    }
}
