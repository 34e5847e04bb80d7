using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.UserNamespaces;

/// <summary>Ids are those of the daemon that starts a container; who runs keeps his, and files are the same for both.</summary>
public sealed class RestartTests(RemapFixture fixture, ITestOutputHelper output) : RemapTest(fixture, output)
{
    private const string Mapped = "0 100000 65536\n65536 200000 1000\n", Unmapped = "0 0 4294967295\n";

    [RootFact]
    public async Task Container_moves_between_modes_with_its_files()
    {
        string id = await StartAsync("box", "-v", "data:/data");
        await ExecAsync("box", "echo x >/own; echo x >/data/own; chown 7:8 /own /data/own");
        Assert.Equal(0, await Daemon.StopAsync());
        await Daemon.StartAsync();

        (await DockerAsync("start", "box")).Exits(0);
        Assert.Equal(Unmapped, await MapAsync("box"));
        Assert.Equal("7:8\n7:8\n", await ExecAsync("box", "stat -c %u:%g /own /data/own; echo y >/new"));
        (await DockerAsync("run", "-d", "--name", "strong", "--privileged", "--stop-signal", "KILL", "busybox", "sleep", "1000")).Exits(0);
        await Daemon.KillAsync();
        await Fixture.StartAsync();

        (await DockerAsync("start", "box")).Exits(0);
        Assert.Equal(Mapped, await MapAsync("box"));
        Assert.Equal("7:8\n7:8\n0:0\n", await ExecAsync("box", "stat -c %u:%g /own /data/own /new"));
        Assert.Equal(["7:8 644", "0:0 644"], OnDisk(id, "/own", "/new"));
        (await DockerAsync("start", "strong")).Exits(1).Says("privileged mode is incompatible with user namespaces");
        await Fixture.RebaseAsync();
    }

    [RootFact]
    public async Task Live_restore_keeps_the_user_namespace_of_who_runs()
    {
        Assert.Equal(0, await Daemon.StopAsync());
        await Fixture.StartAsync("--live-restore");
        await StartAsync("box", "--restart", "always", "-v", "data:/data");

        await Daemon.KillAndFollowAsync();

        Assert.Equal(Mapped, await MapAsync("box"));
        await ExecAsync("box", "touch /data/own");
        Assert.Equal(0, await Daemon.StopAsync());
        await Daemon.StartAsync("--live-restore"); // without mapping
        Assert.Equal(Mapped, await MapAsync("box"));
        string file = Path.Combine(Host.Root, "file");
        (await Command.RunAsync(["sh", "-euc", "echo x >$0; chown 11:12 $0", file])).Exits(0);
        (await DockerAsync("cp", "-a", file, "box:/data/file")).Exits(0);
        Assert.Equal("0:0\n11:12\n", await ExecAsync("box", "stat -c %u:%g /data/own /data/file"));
        (await DockerAsync("restart", "-t", "0", "box")).Exits(0);
        Assert.Equal(Unmapped, await MapAsync("box"));
        Assert.Equal("0:0\n11:12\n", await ExecAsync("box", "stat -c %u:%g /data/own /data/file"));
        (await DockerAsync("rm", "-f", "box")).Exits(0);
        Assert.Equal(0, await Daemon.StopAsync());
        await Fixture.StartAsync();
        await Fixture.RebaseAsync();
    }

    [RootFact]
    public async Task Default_makes_its_user_with_ranges_past_those_given_away()
    {
        Assert.Equal(0, await Daemon.StopAsync());
        await Daemon.StartAsync("--userns-remap", "default");

        await StartAsync("box");

        Assert.Equal("0 1065536 65536\n", await MapAsync("box"));
        Assert.Contains("dockremap:1065536:65536", (await Host.RunAsync("cat", "/etc/subuid")).Exits(0).Lines);
        Assert.DoesNotContain("dockremap", await File.ReadAllTextAsync("/etc/passwd"));
        Assert.Equal(0, await Daemon.StopAsync());
        await Daemon.StartAsync("--userns-remap", "dockremap:dockremap"); // the same one by its name
        (await DockerAsync("start", "box")).Exits(0);
        Assert.Equal("0 1065536 65536\n", await MapAsync("box"));
        (await DockerAsync("rm", "-f", "box")).Exits(0);
        Assert.Equal(0, await Daemon.StopAsync());
        await Fixture.StartAsync();
        await Fixture.RebaseAsync();
    }
}
