using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Faults;

/// <summary>
/// A process that no signal ends: it waits for a FUSE server that has its request in hand and does not answer, since it waits itself, for one that is
/// stopped. (A request that nobody has in hand is given up when its process is killed.)
/// </summary>
public sealed class UnkillableTests(ITestOutputHelper output) : FaultTest(output)
{
    private const int SIGSTOP = 19, SIGCONT = 18;

    [RootTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Removal_that_cannot_be(bool liveRestore)
    {
        await StartDaemonAsync(liveRestore);
        string real = Directory.CreateDirectory(Path.Combine(Host.Root, "real")).FullName;
        string below = Directory.CreateDirectory(Path.Combine(Host.Root, "below")).FullName;
        string above = Directory.CreateDirectory(Path.Combine(Host.Root, "above")).FullName;
        using Server first = new(Host.Inside("bindfs", "-f", real, below));
        await Eventually.HoldsAsync("the first is mounted", async () => (await Host.RunAsync("mountpoint", "-q", below)).ExitCode == 0);
        using Server second = new(Host.Inside("bindfs", "-f", below, above));
        await Eventually.HoldsAsync("the second is mounted", async () => (await Host.RunAsync("mountpoint", "-q", above)).ExitCode == 0);
        int[] servers = [.. (await Host.RunAsync("pgrep", "-f", $"bindfs -f {real}")).Lines.Select(int.Parse)];
        int[] asked = [.. (await Host.RunAsync("pgrep", "-f", $"bindfs -f {below}")).Lines.Select(int.Parse)];
        await StartAsync("while [ ! -e /dev/shm/go ]; do sleep 0.01; done; exec cat /x/file", "--name", "stuck", "--restart", "always", "-v", $"{above}:/x");
        int pid = await PidAsync("stuck");
        Array.ForEach(servers, server => Libc.kill(server, SIGSTOP));
        try
        {
            await File.WriteAllTextAsync($"/proc/{pid}/root/dev/shm/go", "");
            await Eventually.HoldsAsync("it waits", () => WaitsForServer($"/proc/{pid}"));
            await Eventually.HoldsAsync("its server has the request in hand", () => asked.Any(server => Directory.EnumerateDirectories($"/proc/{server}/task").Any(WaitsForServer)));

            (await DockerAsync("rm", "-f", "stuck")).Exits(1).Says("cannot remove container \"/stuck\": could not kill: tried to kill container, but did not receive an exit event");

            Assert.Equal(["stuck"], await ContainersAsync());
            Assert.Equal("running 0", await StateAsync("stuck"));
            (await DockerAsync("rm", "stuck")).Exits(1).Says("container is running");
            (await DockerAsync("run", "--rm", "busybox", "true")).Exits(0);
        }
        finally
        {
            Array.ForEach(servers, server => Libc.kill(server, SIGCONT));
        }

        // The wait is over: it ends by the signal it has had all the time, and its restart policy is not followed.
        await Eventually.HoldsAsync("it ends", async () => await StateAsync("stuck") == "exited 137");
        (await DockerAsync("rm", "stuck")).Exits(0);
        Assert.Empty(Host.ContainerProcesses());
        (await Host.RunAsync("umount", above)).Exits(0);
        (await Host.RunAsync("umount", below)).Exits(0);
    }

    private static bool WaitsForServer(string task) => Read($"{task}/wchan") == "request_wait_answer";
}
