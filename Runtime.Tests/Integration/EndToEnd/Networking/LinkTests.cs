using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Networking;

/// <summary><c>--link</c>: on the default bridge by hosts file and environment, on networks of users by the resolver.</summary>
public sealed class LinkTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string Serve = "mkdir /www; echo served > /www/index.html; httpd -p 81 -h /www; exec httpd -f -h /www";

    [RootTheory]
    [InlineData(Cli.Docker)]
    [InlineData(Cli.Rtctl)]
    public async Task Linked_container_is_known_by_alias_and_variables(Cli cli)
    {
        string target = await StartAsync(Serve, "--name", "db", "-e", "FOO=bar", "--expose", "80", "-h", "box");
        string address = await InspectAsync(target, "{{.NetworkSettings.IPAddress}}");

        string told = (await Clients.RunAsync(cli, "run", "--rm", "--name", "web", "--link", "db:store", "busybox", "sh", "-c", "env; cat /etc/hosts")).Exits(0).Stdout;

        Assert.Contains($"STORE_PORT_80_TCP=tcp://{address}:80\n", told, StringComparison.Ordinal);
        Assert.Contains("STORE_NAME=/web/store\n", told, StringComparison.Ordinal);
        Assert.Contains("STORE_ENV_FOO=bar\n", told, StringComparison.Ordinal);
        Assert.Contains($"{address}\tstore box db\n", told, StringComparison.Ordinal);
        (await Clients.RunAsync(cli, "run", "--rm", "--link", "nothing", "busybox", "true")).Exits(125).Says("could not get container for nothing: No such container: nothing");
    }

    [RootFact]
    public async Task Target_that_comes_back_elsewhere_is_found_again()
    {
        string target = await StartAsync(Serve, "--name", "db");
        await StartAsync("sleep 1000", "--name", "web", "--link", "db");
        Assert.Equal("[/db:/web/db]", await InspectAsync("web", "{{.HostConfig.Links}}"));
        string before = await InspectAsync(target, "{{.NetworkSettings.IPAddress}}");

        (await DockerAsync("stop", "-t", "0", "db")).Exits(0);
        (await DockerAsync("restart", "-t", "0", "web")).Exits(1).Says("Cannot link to a non running container: /db AS /web/db");
        (await DockerAsync("start", "db")).Exits(0);
        (await DockerAsync("start", "web")).Exits(0);
        (await DockerAsync("stop", "-t", "0", "db")).Exits(0);
        // Its links may still be leaving, and the address with them: others get the next one until it is free.
        await Eventually.HoldsAsync("another container has its address", async () => await InspectAsync(await StartAsync("sleep 1000"), "{{.NetworkSettings.IPAddress}}") == before);
        (await DockerAsync("start", "db")).Exits(0);

        string after = await InspectAsync(target, "{{.NetworkSettings.IPAddress}}");
        Assert.NotEqual(before, after);
        Assert.Contains($"{after}\tdb ", (await DockerAsync("exec", "web", "cat", "/etc/hosts")).Exits(0).Stdout, StringComparison.Ordinal);
        await Eventually.HoldsAsync("it answers by its name", async () => (await DockerAsync("exec", "web", "timeout", "5", "wget", "-qO-", "http://db/")).Stdout == "served\n");
    }

    [RootTheory]
    [InlineData(Cli.Docker)]
    [InlineData(Cli.Rtctl)]
    public async Task Link_is_listed_and_removed(Cli cli)
    {
        await StartAsync("sleep 1000", "--name", "db");
        await StartAsync("sleep 1000", "--name", "web", "--link", "db:store");
        Assert.Contains("db,web/store", (await DockerAsync("ps", "--no-trunc", "--format", "{{.Names}}")).Exits(0).Lines);

        (await Clients.RunAsync(cli, "rm", "--link", "web/store")).Exits(0);

        Assert.Equal("[]", await InspectAsync("web", "{{.HostConfig.Links}}"));
        Assert.Equal(["db", "web"], (await DockerAsync("ps", "--no-trunc", "--format", "{{.Names}}")).Exits(0).Lines.Order());
    }

    [RootFact]
    public async Task Without_icc_the_linked_ports_alone_are_open()
    {
        await Daemon.StopAsync();
        await Daemon.StartAsync("--icc=false");
        try
        {
            string target = await StartAsync(Serve, "--name", "db", "--expose", "80");
            string id = await StartAsync("sleep 1000", "--name", "web", "--link", "db");
            string address = await InspectAsync(target, "{{.NetworkSettings.IPAddress}}");
            await Eventually.HoldsAsync("the port that is exposed answers", async () => (await DockerAsync("exec", id, "timeout", "5", "wget", "-qO-", "http://db/")).Stdout == "served\n");

            Assert.NotEqual(0, (await DockerAsync("exec", id, "timeout", "2", "wget", "-qO-", "http://db:81/")).ExitCode);
            Assert.NotEqual(0, (await ShellAsync($"timeout 2 wget -qO- http://{address}/; exit $?")).ExitCode);
            (await DockerAsync("restart", "-t", "0", "db")).Exits(0);
            await Eventually.HoldsAsync("it answers after a restart", async () => (await DockerAsync("exec", id, "timeout", "5", "wget", "-qO-", "http://db/")).Stdout == "served\n");
            (await DockerAsync("rm", "-f", id, target)).Exits(0);
            Assert.DoesNotContain("elements", (await Host.RunAsync("nft", "list", "set", "ip", "rtd", "linked")).Exits(0).Stdout, StringComparison.Ordinal);
        }
        finally
        {
            await Daemon.StopAsync();
            await Daemon.StartAsync();
            await Fixture.RebaseAsync();
        }
    }
}
