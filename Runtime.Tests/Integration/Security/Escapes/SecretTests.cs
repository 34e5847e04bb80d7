using System.Net.Http.Headers;
using System.Text;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.Security.Escapes;

/// <summary>CVE-2019-13509: what is told in confidence does not stand in a log, however much is logged.</summary>
public sealed class SecretTests(ITestOutputHelper output) : OwnDaemonTest(output)
{
    private const string Secret = "hunter2-of-the-test";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Daemon.StartAsync("--debug");
    }

    [RootFact]
    public async Task Debug_log_holds_no_secret()
    {
        Clients clients = new(Daemon);
        await clients.ImportBusyboxAsync();
        using EngineApi api = new(Daemon.Socket);
        string credentials = $$"""{"username":"someone","password":"{{Secret}}","serveraddress":"127.0.0.1:1"}""";
        string header = Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials));

        using (HttpRequestMessage pull = new(HttpMethod.Post, "/images/create?fromImage=127.0.0.1:1/nothing&tag=x"))
        {
            pull.Headers.Add("X-Registry-Auth", header);
            using HttpResponseMessage pulled = await api.SendAsync(pull);
            await pulled.Content.ReadAsStringAsync();
        }

        using (HttpRequestMessage push = new(HttpMethod.Post, "/images/busybox/push?tag=latest"))
        {
            push.Headers.Add("X-Registry-Auth", header);
            using HttpResponseMessage pushed = await api.SendAsync(push);
            await pushed.Content.ReadAsStringAsync();
        }

        using (HttpResponseMessage login = await api.PostTextAsync("/auth", credentials))
        {
            await login.Content.ReadAsStringAsync();
        }

        using (HttpRequestMessage authorized = new(HttpMethod.Get, "/containers/json"))
        {
            authorized.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Secret);
            using HttpResponseMessage listed = await api.SendAsync(authorized);
        }

        string id = (await clients.RunAsync(Cli.Docker, "run", "-d", "-e", $"PASSWORD={Secret}", "busybox", "sleep", "1000")).Exits(0).Line;
        (await clients.RunAsync(Cli.Docker, "exec", "-e", $"PASSWORD={Secret}", id, "true")).Exits(0);
        (await clients.RunAsync(Cli.Docker, "rm", "-f", id)).Exits(0);

        Assert.Contains("debug", Daemon.Log, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Secret, Daemon.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(header, Daemon.Log, StringComparison.Ordinal);
    }
}
