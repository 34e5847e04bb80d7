using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Rtd.Tests.Unit.Plugins;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Daemon;

/// <summary>Authorization plugins by Docker's protocol: what they are shown is what is run, and what they deny is not done.</summary>
public sealed class AuthorizationTests(ITestOutputHelper output) : OwnDaemonTest(output)
{
    private FakePlugin? _plugin;
    private Func<JObject, string?> _deniesRequest = _ => null, _deniesAnswer = _ => null;

    private IEnumerable<JObject> Requests => _plugin!.Calls.Where(call => call.Method == "AuthZPlugin.AuthZReq").Select(call => call.Body);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        string plugins = Path.Combine(Host.Root, "plugins");
        Directory.CreateDirectory(plugins);
        _plugin = await FakePlugin.AtPath(Path.Combine(plugins, "guard.sock"), "authz")
            .On("AuthZPlugin.AuthZReq", body => Answer(_deniesRequest(body)))
            .On("AuthZPlugin.AuthZRes", body => Answer(_deniesAnswer(body)))
            .StartAsync();
        (await Host.RunAsync("sh", "-c", $"mkdir -p /run/docker/plugins && mount --bind {plugins} /run/docker/plugins")).Exits(0);
    }

    public override async Task DisposeAsync()
    {
        await Daemon.DisposeAsync();
        await _plugin!.DisposeAsync();
        await base.DisposeAsync();
    }

    [RootFact]
    public async Task Plugin_that_is_not_there_is_told_at_the_start()
    {
        await File.WriteAllTextAsync(Daemon.ConfigFile, "{}");

        (await Daemon.RefuseAsync("--authorization-plugin", "no-such")).Exits(1).Says("validating authorization plugin: plugin \"no-such\" not found");
    }

    [RootFact]
    public async Task Denied_request_is_not_done_and_the_reason_is_told()
    {
        await StartAsync();
        _deniesRequest = request => ((string)request["RequestUri"]!).Contains("/containers/create", StringComparison.Ordinal) ? "no containers today" : null;

        CommandResult result = await Clients.RunAsync(Cli.Docker, "create", "--name", "cc", "busybox");

        result.Exits(1).Says("authorization denied by plugin guard: no containers today");
        _deniesRequest = _ => null;
        Assert.Empty((await Clients.RunAsync(Cli.Docker, "ps", "-aq")).Exits(0).Stdout);
        Assert.Equal("[\"guard\"]", (await Clients.RunAsync(Cli.Docker, "info", "--format", "{{json .Plugins.Authorization}}")).Exits(0).Line);
    }

    [RootTheory]
    [InlineData(false, 10)]
    [InlineData(true, 10)]
    [InlineData(false, 2 << 20)]
    [InlineData(true, 2 << 20)]
    public async Task Body_that_is_run_is_the_body_that_was_shown(bool chunked, int size)
    {
        await StartAsync();
        string label = new('x', size);
        JObject create = new() { ["Image"] = "busybox", ["Labels"] = new JObject { ["long"] = label } };
        using EngineApi api = new(Daemon.Socket);
        using HttpRequestMessage request = new(HttpMethod.Post, "/containers/create?name=cc") { Content = new StringContent(create.ToString(), Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = chunked;

        using HttpResponseMessage created = await api.SendAsync(request);

        Assert.True(created.StatusCode == HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        JObject shown = Requests.Last();
        Assert.Equal(("POST", "/containers/create?name=cc"), ((string?)shown["RequestMethod"], (string?)shown["RequestUri"]));
        Assert.Equal(create.ToString(), Encoding.UTF8.GetString(Convert.FromBase64String((string)shown["RequestBody"]!)));
        Assert.Equal(label, (string?)(await api.GetJsonAsync("/containers/cc/json"))["Config"]!["Labels"]!["long"]);
    }

    [RootFact]
    public async Task Body_of_another_type_is_neither_shown_nor_run()
    {
        await StartAsync();
        using EngineApi api = new(Daemon.Socket);

        using HttpResponseMessage answer = await api.PostAsync("/containers/create", new StringContent("""{"Image":"busybox"}""", Encoding.UTF8, "text/plain"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(Requests.Last()["RequestBody"]);
    }

    /// <summary>Docker runs what is too large to be shown, unseen (CVE-2024-41110 and its kin); here nothing is run that was not shown whole.</summary>
    [RootTheory]
    [InlineData("/containers/create?name=cc", "Content-Length: 5000000\r\n\r\n")]
    [InlineData("/containers/create?name=cc", "Transfer-Encoding: chunked\r\n\r\n4c4b40\r\n")]
    [InlineData("/images/load", "Transfer-Encoding: chunked\r\n\r\n4c4b40\r\n")]
    [InlineData("/exec/none/start", "Content-Length: 5000000\r\n\r\n")]
    [InlineData("/exec/none/start", "Transfer-Encoding: chunked\r\n\r\n4c4b40\r\n")]
    public async Task Body_too_large_to_be_shown_is_not_run(string target, string framing)
    {
        await StartAsync();
        int before = Requests.Count();
        using EngineApi api = new(Daemon.Socket);
        await using NetworkStream connection = await api.ConnectAsync();
        await connection.WriteAsync(Encoding.ASCII.GetBytes($"POST {target} HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\n{framing}"));
        byte[] body = new byte[5_000_000];
        body.AsSpan().Fill((byte)' ');

        // It is answered, and the connection may be closed, before all has been sent.
        await Record.ExceptionAsync(async () => await connection.WriteAsync(body));

        using StreamReader answer = new(connection);
        Assert.Equal("HTTP/1.1 400 Bad Request", await answer.ReadLineAsync().WaitAsync(Command.Patience));
        Assert.Equal(before, Requests.Count());
        Assert.Empty(await api.GetJsonAsync("/containers/json?all=1"));
    }

    /// <summary>An archive is not shown, as in Docker; the plugin decides by the rest of the request, before any of it is read.</summary>
    [RootFact]
    public async Task Stream_is_asked_about_before_it_is_read()
    {
        await StartAsync();
        _deniesRequest = request => ((string)request["RequestUri"]!).Contains("/images/load", StringComparison.Ordinal) ? "no images" : null;
        using EngineApi api = new(Daemon.Socket);
        await using NetworkStream connection = await api.ConnectAsync();

        // There is no more of it.
        await connection.WriteAsync("POST /images/load HTTP/1.1\r\nHost: d\r\nContent-Type: application/x-tar\r\nContent-Length: 1000000\r\n\r\n"u8.ToArray());

        using StreamReader answer = new(connection);
        Assert.Equal("HTTP/1.1 403 Forbidden", await answer.ReadLineAsync().WaitAsync(Command.Patience));
        Assert.Null(Requests.Last()["RequestBody"]);
    }

    [RootTheory]
    [InlineData(null, "malformed Content-Type header")]
    [InlineData("text/plain", "unsupported Content-Type header")]
    public async Task Hijacked_request_with_a_body_of_another_type_is_not_run(string? type, string message)
    {
        await StartAsync();
        using EngineApi api = new(Daemon.Socket);
        await api.PostJsonAsync("/containers/create?name=cc", new { Image = "busybox", Cmd = new[] { "sleep", "1000" } });
        await api.PostAsync("/containers/cc/start");
        using HttpResponseMessage made = await api.PostJsonAsync("/containers/cc/exec", new { Cmd = new[] { "touch", "/done" } });
        string exec = (string)JObject.Parse(await made.Content.ReadAsStringAsync())["Id"]!;
        ByteArrayContent body = new("""{"Detach":true}"""u8.ToArray());
        body.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);

        using HttpResponseMessage refused = await api.PostAsync($"/exec/{exec}/start", body);

        Assert.StartsWith(message, await EngineApi.ErrorAsync(refused, 400), StringComparison.Ordinal);
        Assert.Null(Requests.Last()["RequestBody"]);
        (await Clients.RunAsync(Cli.Docker, "exec", "cc", "test", "-e", "/done")).Exits(1);
        (await Clients.RunAsync(Cli.Docker, "rm", "-f", "cc")).Exits(0);
    }

    [RootFact]
    public async Task Hijacked_requests_are_asked_about_with_their_bodies()
    {
        await StartAsync();
        (await Clients.RunAsync(Cli.Docker, "run", "-d", "--name", "cc", "busybox", "sleep", "1000")).Exits(0);
        Assert.Equal("fine\n", (await Clients.RunAsync(Cli.Docker, "exec", "cc", "echo", "fine")).Exits(0).Stdout);
        JObject start = Requests.Last(request => ((string)request["RequestUri"]!).EndsWith("/start", StringComparison.Ordinal) && ((string)request["RequestUri"]!).Contains("/exec/", StringComparison.Ordinal));
        Assert.Contains("\"Detach\":false", Encoding.UTF8.GetString(Convert.FromBase64String((string)start["RequestBody"]!)), StringComparison.Ordinal);
        Assert.Equal("Upgrade", (string?)start["RequestHeaders"]!["Connection"]);

        _deniesRequest = request => ((string)request["RequestUri"]!).Contains("/exec/", StringComparison.Ordinal) ? "no execs" : null;
        (await Clients.RunAsync(Cli.Rtctl, "exec", "cc", "touch", "/done")).Exits(1).Says("authorization denied by plugin guard: no execs");
        _deniesRequest = request => ((string)request["RequestUri"]!).Contains("/attach", StringComparison.Ordinal) ? "no attaching" : null;
        (await Clients.RunAsync(Cli.Rtctl, "attach", "cc")).Exits(1).Says("authorization denied by plugin guard: no attaching");
        _deniesRequest = _ => null;
        (await Clients.RunAsync(Cli.Docker, "exec", "cc", "test", "-e", "/done")).Exits(1);
        (await Clients.RunAsync(Cli.Docker, "rm", "-f", "cc")).Exits(0);
    }

    [RootFact]
    public async Task Denied_answer_is_not_seen()
    {
        await StartAsync();
        (await Clients.RunAsync(Cli.Docker, "create", "--name", "cc", "--label", "secret=s3cret", "busybox")).Exits(0);
        _deniesAnswer = answer => answer["ResponseBody"] is { } body && Encoding.UTF8.GetString(Convert.FromBase64String((string)body!)).Contains("s3cret", StringComparison.Ordinal) ? "not for you" : null;
        using EngineApi api = new(Daemon.Socket);

        using HttpResponseMessage inspected = await api.GetAsync("/containers/cc/json");

        Assert.Equal(HttpStatusCode.Forbidden, inspected.StatusCode);
        Assert.Equal("{\"message\":\"authorization denied by plugin guard: not for you\"}", (await inspected.Content.ReadAsStringAsync()).Trim());
        await api.PingAsync();
    }

    [RootFact]
    public async Task Denied_stream_never_begins()
    {
        await StartAsync();
        _deniesAnswer = answer => ((string)answer["RequestUri"]!).StartsWith("/events", StringComparison.Ordinal) && (int?)answer["ResponseStatusCode"] == 200 ? "no events" : null;
        using EngineApi api = new(Daemon.Socket);

        using HttpResponseMessage events = await api.GetAsync("/events");

        Assert.Equal("authorization denied by plugin guard: no events", await EngineApi.ErrorAsync(events, 403));
    }

    [RootFact]
    public async Task Plugin_that_fails_denies()
    {
        await StartAsync();
        _deniesRequest = _ => throw new InvalidOperationException("out of order");
        using EngineApi api = new(Daemon.Socket);

        using HttpResponseMessage info = await api.GetAsync("/info");

        Assert.StartsWith("plugin guard failed with error: AuthZPlugin.AuthZReq: ", await EngineApi.ErrorAsync(info, 500), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task User_is_who_the_certificate_says_and_passwords_are_not_shown()
    {
        Certificates certificates = Certificates.Make(Path.Combine(Host.Root, "tls"), "alice");
        await StartAsync([.. certificates.ServerFlags(), "-H", "tcp://127.0.0.1:2376"]);

        (await Clients.RunAsync(Cli.Docker, [.. certificates.ClientFlags("tcp://127.0.0.1:2376"), "version"])).Exits(0);

        JObject shown = Requests.Last();
        Assert.Equal(("alice", "TLS"), ((string?)shown["User"], (string?)shown["UserAuthNMethod"]));
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", Encoding.UTF8.GetString(Convert.FromBase64String((string)shown["RequestPeerCertificates"]![0]!)), StringComparison.Ordinal);
        using EngineApi api = new(Daemon.Socket);
        using HttpRequestMessage pull = new(HttpMethod.Post, "/images/create?fromImage=127.0.0.1:1/x&tag=y");
        pull.Headers.Add("X-Registry-Auth", Convert.ToBase64String("""{"username":"u","password":"s3cret"}"""u8));
        (await api.SendAsync(pull)).Dispose();
        Assert.Null(Requests.Last()["RequestHeaders"]!["X-Registry-Auth"]);
        Assert.Null(Requests.Last()["User"]);
    }

    private static JObject Answer(string? denial) => new() { ["Allow"] = denial is null, ["Msg"] = denial ?? "" };

    private async Task StartAsync(params string[] flags)
    {
        await Daemon.StartAsync(["--authorization-plugin", "guard", .. flags]);
        await Clients.ImportBusyboxAsync();
    }
}
