using System.Globalization;
using System.Net.Sockets;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Faults;

/// <summary>The daemon has no fd left.</summary>
public sealed class FullFdTableTests(ITestOutputHelper output) : FaultTest(output)
{
    [RootFact]
    public async Task No_fd_is_left()
    {
        await StartDaemonAsync();
        await StartAsync("i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done", "--name", "writer");
        string ends = await StartAsync("while [ ! -e /now ]; do sleep 0.01; done; exit 42", "--name", "ends");
        (await DockerAsync("create", "--name", "late", "busybox", "true")).Exits(0);
        int endsPid = await PidAsync("ends");
        string before = (await Host.RunAsync("prlimit", "--pid", $"{Daemon.Pid}", "--nofile", "--noheadings", "--output", "SOFT,HARD")).Exits(0).Line;
        string[] limits = before.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int used = Directory.EnumerateFileSystemEntries($"/proc/{Daemon.Pid}/fd").Max(fd => int.Parse(Path.GetFileName(fd), CultureInfo.InvariantCulture));
        int limit = used + 20;
        await LimitAsync($"{limit}:{limits[1]}");
        int refusals = Refusals();
        List<NetworkStream> idle = [];
        for (int connection = 0; connection < limit; connection++)
        {
            idle.Add(await Api.ConnectAsync());
        }

        await Eventually.HoldsAsync("the table is full", () => Refusals() > refusals);

        // Who has a connection is answered: that nothing can be opened, and all that needs no fd.
        using (HttpResponseMessage start = await Api.PostAsync("/containers/late/start"))
        {
            Assert.Contains("too many open files", await EngineApi.ErrorAsync(start, 500), StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal(["ends", "late", "writer"], await ContainersAsync());
        await File.WriteAllTextAsync($"/proc/{endsPid}/root/now", "");
        await Eventually.HoldsAsync("an end is seen", async () => await StateAsync("ends") == "exited 42");

        // It waits for fds, it does not spin: more load on the machine makes this less, not more.
        long ticks = CpuTicks();
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.InRange(CpuTicks() - ticks, 0, 100);

        idle.ForEach(connection => connection.Dispose());
        (await DockerAsync("ps", "-a")).Exits(0);
        await LimitAsync($"{limits[0]}:{limits[1]}");
        (await DockerAsync("start", "-a", "late")).Exits(0);
        (await DockerAsync("run", "--rm", "busybox", "true")).Exits(0);
        (await DockerAsync("stop", "-t", "0", "writer")).Exits(0);
        HasAllNumbers((await DockerAsync("logs", "writer")).Exits(0).Stdout);
        Assert.Equal("exited 42", await StateAsync(ends));
        await Daemon.KillAsync();
        await Daemon.StartAsync();
        Assert.Equal("exited 42", await StateAsync(ends));
    }

    private int Refusals() => Daemon.Log.Split("can't accept a connection").Length;

    private async Task LimitAsync(string limits) => (await Host.RunAsync("prlimit", "--pid", $"{Daemon.Pid}", $"--nofile={limits}")).Exits(0);
}
