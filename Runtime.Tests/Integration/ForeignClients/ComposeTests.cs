using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.ForeignClients;

/// <summary>Debian's docker-compose runs the project in <c>Shop</c>, as its users do.</summary>
public sealed class ComposeTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [ProgramFact("docker-compose")]
    public async Task Project_comes_up_in_order_and_goes_down_whole()
    {
        (await ComposeAsync("up", "-d")).Exits(0);

        Assert.Equal("healthy", await InspectAsync("shop_cache_1", "{{.State.Health.Status}}"));
        Assert.Equal("exited 0", await InspectAsync("shop_migrate_1", "{{.State.Status}} {{.State.ExitCode}}"));
        await Eventually.HoldsAsync("the web server is healthy", async () => await InspectAsync("shop_web_1", "{{.State.Health.Status}}") == "healthy");
        Assert.Equal("hello, Corner shop\n", (await Host.RunAtNeighbourAsync("busybox", "wget", "-q", "-O", "-", $"http://{TestHost.Address}:8088/")).Exits(0).Stdout);

        // A second up finds all as it should be.
        string before = await InspectAsync("shop_web_1", "{{.Id}} {{.State.StartedAt}}");
        (await ComposeAsync("up", "-d")).Exits(0);
        Assert.Equal(before, await InspectAsync("shop_web_1", "{{.Id}} {{.State.StartedAt}}"));

        (await ComposeAsync("down", "-v")).Exits(0);

        Assert.Empty((await DockerAsync("ps", "-aq")).Exits(0).Lines);
        Assert.DoesNotContain("shop", (await DockerAsync("volume", "ls")).Exits(0).Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("shop", (await DockerAsync("network", "ls")).Exits(0).Stdout, StringComparison.Ordinal);
    }

    [ProgramFact("docker-compose")]
    public async Task Settings_of_a_service_reach_its_container()
    {
        (await ComposeAsync("up", "-d")).Exits(0);

        Assert.Equal("true 67108864 unless-stopped", await InspectAsync("shop_web_1", "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}}"));
        Assert.Equal("10.77.0.80", await InspectAsync("shop_web_1", "{{.NetworkSettings.Networks.shop_front.IPAddress}}"));
        Assert.Equal("512", (await ComposeAsync("exec", "-T", "web", "sh", "-c", "ulimit -n")).Exits(0).Line);
        Assert.Contains("192.0.2.99\tshop.example", (await ComposeAsync("exec", "-T", "web", "cat", "/etc/hosts")).Exits(0).Stdout, StringComparison.Ordinal);
        Assert.NotEqual(0, (await ComposeAsync("exec", "-T", "web", "touch", "/pages/x")).ExitCode);
        (await ComposeAsync("exec", "-T", "web", "touch", "/scratch/x")).Exits(0);
        Assert.Equal("0.0.0.0:8088", (await ComposeAsync("port", "web", "80")).Exits(0).Line);
        Assert.Equal("127.0.0.1:9001", (await ComposeAsync("port", "--protocol=udp", "web", "9001")).Exits(0).Line);

        // An internal network leads nowhere, a service is found by its name and its alias.
        Assert.NotEqual(0, (await ComposeAsync("exec", "-T", "worker", "wget", "-q", "-T", "2", "-O", "-", $"http://{TestHost.Address}:8088/")).ExitCode);
        Assert.Equal("version=7", (await ComposeAsync("exec", "-T", "worker", "wget", "-q", "-O", "-", "http://cache:6379/schema")).Exits(0).Line);
        Assert.Equal("version=7", (await ComposeAsync("exec", "-T", "web", "wget", "-q", "-O", "-", "http://store:6379/schema")).Exits(0).Line);
        (await ComposeAsync("down", "-v")).Exits(0);
    }

    [ProgramFact("docker-compose")]
    public async Task Scale_logs_and_lists()
    {
        (await ComposeAsync("up", "-d", "--scale", "worker=3")).Exits(0);
        await Eventually.HoldsAsync("three workers have greeted", async () =>
            (await ComposeAsync("logs", "--no-color", "worker")).Exits(0).Lines.Count(line => line.Contains("hello from", StringComparison.Ordinal)) == 3);
        Assert.Contains("migrate_1  | migrated to 7", (await ComposeAsync("logs", "--no-color", "--tail=1", "migrate")).Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Equal(3, (await ComposeAsync("ps", "-q", "worker")).Exits(0).Lines.Count);
        Assert.Contains("Up (healthy)", (await ComposeAsync("ps")).Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Contains("httpd -f -p 80", (await ComposeAsync("top", "web")).Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Contains("busybox", (await ComposeAsync("images")).Exits(0).Stdout, StringComparison.Ordinal);

        (await ComposeAsync("up", "-d", "--scale", "worker=1")).Exits(0);

        Assert.Single((await ComposeAsync("ps", "-q", "worker")).Exits(0).Lines);
        (await ComposeAsync("down", "-v")).Exits(0);
    }

    [ProgramFact("docker-compose")]
    public async Task Images_are_built_once_and_anew_when_asked()
    {
        string built = (await ComposeAsync("build")).Exits(0).Stdout;
        Assert.Contains("Successfully tagged shop_worker:latest", built, StringComparison.Ordinal);
        Assert.Contains("Successfully tagged shop_migrate:latest", built, StringComparison.Ordinal);
        Assert.DoesNotContain("not needed", built, StringComparison.Ordinal);
        Assert.Equal("migration", (await DockerAsync("image", "inspect", "--format", "{{index .Config.Labels \"shop.role\"}}", "shop_migrate")).Exits(0).Line);

        Assert.Contains("Using cache", (await ComposeAsync("build", "worker")).Exits(0).Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("Using cache", (await ComposeAsync("build", "--no-cache", "worker")).Exits(0).Stdout, StringComparison.Ordinal);
        (await ComposeAsync("up", "-d", "--build")).Exits(0);
        (await ComposeAsync("down", "-v", "--rmi", "local")).Exits(0);
        Assert.DoesNotContain("shop", (await DockerAsync("images")).Exits(0).Stdout, StringComparison.Ordinal);
    }

    [ProgramFact("docker-compose")]
    public async Task Everyday_verbs()
    {
        (await ComposeAsync("config", "-q")).Exits(0);
        (await ComposeAsync("create")).Exits(0);
        Assert.Equal("created", await InspectAsync("shop_cache_1", "{{.State.Status}}"));
        (await ComposeAsync("up", "-d")).Exits(0);
        (await ComposeAsync("pause", "web")).Exits(0);
        Assert.Equal("paused", await InspectAsync("shop_web_1", "{{.State.Status}}"));
        (await ComposeAsync("unpause", "web")).Exits(0);
        string started = await InspectAsync("shop_worker_1", "{{.State.StartedAt}}");
        (await ComposeAsync("restart", "-t", "1", "worker")).Exits(0);
        Assert.NotEqual(started, await InspectAsync("shop_worker_1", "{{.State.StartedAt}}"));
        Assert.Equal("one-off 7\n", (await ComposeAsync("run", "--rm", "-T", "--no-deps", "migrate", "sh", "-c", "echo one-off $SCHEMA")).Exits(0).Stdout);
        (await ComposeAsync("run", "--rm", "-T", "--no-deps", "migrate", "sh", "-c", "exit 9")).Exits(9);
        Assert.Equal("typed\n", (await ComposeWithInputAsync("typed\n", "run", "--rm", "-T", "--no-deps", "migrate", "cat")).Exits(0).Stdout);
        (await ComposeAsync("kill", "-s", "KILL", "worker")).Exits(0);
        Assert.Equal("exited 137", await InspectAsync("shop_worker_1", "{{.State.Status}} {{.State.ExitCode}}"));
        (await ComposeAsync("rm", "-f", "worker")).Exits(0);
        (await ComposeAsync("stop")).Exits(0);
        (await ComposeAsync("start", "cache")).Exits(0);
        (await ComposeAsync("up", "-d", "--force-recreate", "cache")).Exits(0);
        (await ComposeAsync("down", "-v", "--remove-orphans")).Exits(0);
    }

    [ProgramFact("docker-compose")]
    public async Task Attached_up_shows_output_and_ends_with_the_service()
    {
        CommandResult up = (await ComposeAsync("up", "--no-color", "--abort-on-container-exit", "--exit-code-from", "migrate", "migrate")).Exits(0);

        Assert.Contains("migrated to 7", up.Stdout, StringComparison.Ordinal);
        JToken events = await Api.GetJsonAsync("/containers/json?all=1&filters=" + Uri.EscapeDataString("""{"label":["com.docker.compose.project=shop"]}"""));
        Assert.Equal("exited", (string?)Assert.Single(events)["State"]);
        (await ComposeAsync("down", "-v")).Exits(0);
    }

    private Task<CommandResult> ComposeAsync(params string[] arguments) => ComposeWithInputAsync("", arguments);

    private Task<CommandResult> ComposeWithInputAsync(string input, params string[] arguments)
    {
        string shop = Path.Combine(Tree.Top, "Runtime.Tests", "Integration", "ForeignClients", "Shop");
        string[] project = ["docker-compose", "-p", "shop", "-f", Path.Combine(shop, "docker-compose.yml"), "--env-file", Path.Combine(shop, "shop.env")];
        return Command.RunAsync(Host.Inside([.. project, .. arguments]), input, Clients.Environment, patience: TimeSpan.FromSeconds(120));
    }
}
