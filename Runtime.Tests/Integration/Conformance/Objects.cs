using System.Text;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.Conformance;

/// <summary>One object of each kind, for calls that are wrong in another way than their id.</summary>
internal sealed class Objects : IAsyncDisposable
{
    private readonly EngineApi _api;
    private readonly string _exec;

    private Objects(EngineApi api, string container, string exec) => (_api, Container, _exec) = (api, container, exec);

    /// <summary>A running container with a terminal.</summary>
    public string Container { get; }

    public static async Task<Objects> MakeAsync(EngineApi api)
    {
        string container = await PostAsync(api, "/containers/create?name=object", """{"Image":"busybox","Cmd":["sleep","1000"],"Tty":true}""");
        await PostAsync(api, $"/containers/{container}/start", "");
        string exec = await PostAsync(api, $"/containers/{container}/exec", """{"Cmd":["true"]}""");
        return new Objects(api, container, exec);
    }

    /// <summary>The id that an operation's path takes; null for one without.</summary>
    public string? For(Operation operation) => operation.Path.Split('/')[1] switch
    {
        _ when !operation.HasId => null,
        "containers" => Container,
        "exec" => _exec,
        "images" => "busybox",
        "networks" => "bridge",
        _ => "some",
    };

    public async ValueTask DisposeAsync()
    {
        using HttpResponseMessage removed = await _api.DeleteAsync($"/containers/{Container}?force=1");
    }

    private static async Task<string> PostAsync(EngineApi api, string path, string body)
    {
        using HttpResponseMessage response = await api.PostAsync(path, body.Length == 0 ? null : new StringContent(body, Encoding.UTF8, "application/json"));
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return text.Length == 0 ? "" : (string)JObject.Parse(text)["Id"]!;
    }
}
