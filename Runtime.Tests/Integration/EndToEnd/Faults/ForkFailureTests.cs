using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Faults;

/// <summary>The daemon's own cgroup is full: no process can be started and no thread.</summary>
public sealed class ForkFailureTests(ITestOutputHelper output) : FaultTest(output)
{
    [PidsTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_can_be_started(bool liveRestore)
    {
        await StartDaemonAsync(liveRestore);
        await StartAsync("i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done", "--name", "writer");
        await StartAsync("while [ ! -e /now ]; do sleep 0.01; done; exit 42", "--name", "ends");
        (await DockerAsync("create", "--name", "late", "busybox", "true")).Exits(0);
        string limit = Path.Combine(Host.DaemonCgroup, "pids.max");
        await File.WriteAllTextAsync(limit, "1");

        (await DockerAsync("start", "late")).Says("resource temporarily unavailable");
        Assert.Contains("resource temporarily unavailable", (await DockerAsync("exec", "writer", "true")).Stdout, StringComparison.OrdinalIgnoreCase);
        (await DockerAsync("ps", "-a")).Exits(0);
        int pid = await PidAsync("ends");
        await File.WriteAllTextAsync($"/proc/{pid}/root/now", "");
        Assert.Equal("42", (await DockerAsync("wait", "ends")).Exits(0).Line);
        Assert.Equal("created 128", await StateAsync("late"));

        await File.WriteAllTextAsync(limit, "max");
        (await DockerAsync("start", "-a", "late")).Exits(0);
        (await DockerAsync("exec", "writer", "true")).Exits(0);
        (await DockerAsync("run", "--rm", "busybox", "true")).Exits(0);
        (await DockerAsync("stop", "-t", "0", "writer")).Exits(0);
        HasAllNumbers((await DockerAsync("logs", "writer")).Exits(0).Stdout);
    }
}
