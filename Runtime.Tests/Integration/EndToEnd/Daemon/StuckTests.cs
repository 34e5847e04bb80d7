using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Daemon;

/// <summary>A container that does not answer holds up nobody else: not lists, not other containers, not the daemon's end.</summary>
public sealed class StuckTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const int SIGSTOP = 19, SIGCONT = 18;

    [RootFact]
    public async Task Frozen_from_outside()
    {
        string id = await StartAsync("sleep 1000", "--name", "stuck");
        string freezer = Host.CgroupDirectories.Select(directory => Path.Combine(directory, "containers", id)).First(directory => File.Exists(Path.Combine(directory, "freezer.state")));
        await File.WriteAllTextAsync(Path.Combine(freezer, "freezer.state"), "FROZEN");
        Task<CommandResult> exec = DockerAsync("exec", "stuck", "true");

        await OthersGoOnAsync();
        (await DockerAsync("rm", "-f", "stuck")).Exits(0);
        Assert.NotEqual(0, (await exec).ExitCode);
    }

    [RootFact]
    public async Task First_process_stopped()
    {
        await StartAsync("sleep 1000", "--name", "stuck");
        _ = Libc.kill(int.Parse(await InspectAsync("stuck", "{{.State.Pid}}"), System.Globalization.CultureInfo.InvariantCulture), SIGSTOP);
        await OthersGoOnAsync();
        (await DockerAsync("stop", "-t", "1", "stuck")).Exits(0);
        Assert.Equal("137", await InspectAsync("stuck", "{{.State.ExitCode}}"));
    }

    [RootTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Source_of_a_mount_that_does_not_answer(bool atShutdown)
    {
        // Of this case alone: once the mount is gone, the start that was given up may still make its source below, and bindfs wants an empty place.
        string real = Path.Combine(Host.Root, $"real{atShutdown}"), dead = Path.Combine(Host.Root, $"dead{atShutdown}");
        Directory.CreateDirectory(real);
        Directory.CreateDirectory(dead);
        using Server fuse = new(Host.Inside("bindfs", "-f", real, dead));
        await Eventually.HoldsAsync("bindfs has mounted", async () => (await Host.RunAsync("mountpoint", "-q", dead)).ExitCode == 0);
        int[] servers = [.. (await Host.RunAsync("pgrep", "-f", $"bindfs -f {real}")).Lines.Select(int.Parse)];
        Array.ForEach(servers, pid => Libc.kill(pid, SIGSTOP));
        // The daemon gives a source a minute to answer.
        Task<CommandResult> start = Command.RunAsync(
            Clients.CommandLine(Cli.Docker, "run", "--name", "stuck", "-v", $"{dead}/below:/x", "busybox", "true"),
            environment: Clients.Environment,
            patience: TimeSpan.FromMinutes(3));
        try
        {
            await Eventually.HoldsAsync("it is being started", async () => (await DockerAsync("ps", "-aq")).Exits(0).Lines.Count == 1);
            await OthersGoOnAsync();
            if (atShutdown)
            {
                await StartAsync("sleep 1000", "--name", "other");
                Assert.Equal(0, await Daemon.StopAsync());
            }
            else
            {
                // Its start has an end, too.
                Assert.NotEqual(0, (await start).ExitCode);
            }
        }
        finally
        {
            Array.ForEach(servers, pid => Libc.kill(pid, SIGCONT));
            await Host.RunAsync("umount", "-l", dead);
        }

        await start;
        if (atShutdown)
        {
            await Daemon.StartAsync();
            await Fixture.RebaseAsync();
        }

        (await DockerAsync("rm", "-f", "stuck")).Exits(0);
    }

    private async Task OthersGoOnAsync()
    {
        (await DockerAsync("ps", "-a")).Exits(0);
        (await DockerAsync("info")).Exits(0);
        (await DockerAsync("inspect", "stuck")).Exits(0);
        (await DockerAsync("run", "--rm", "busybox", "true")).Exits(0);
        (await DockerAsync("network", "inspect", "bridge")).Exits(0);
    }
}
