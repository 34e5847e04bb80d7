using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Faults;

/// <summary>A disk that fails: every flush of a file ends with EIO, put into the daemon's system calls by strace, since not every kernel has device-mapper.</summary>
public sealed class FailingDiskTests(ITestOutputHelper output) : FaultTest(output)
{
    [RootTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task State_cannot_be_flushed(bool liveRestore)
    {
        await StartDaemonAsync(liveRestore);
        await StartAsync("while [ ! -e /now ]; do sleep 0.01; done; exit 42", "--name", "ends");
        await StartAsync("sleep 1000", "--name", "runs");
        using (Server strace = new(["strace", "-f", "-qq", "-p", $"{Daemon.Pid}", "-o", "/dev/null", "-e", "trace=fsync,syncfs", "-e", "inject=fsync,syncfs:error=EIO"]))
        {
            await Eventually.HoldsAsync("all threads are traced", () => Directory.EnumerateDirectories($"/proc/{Daemon.Pid}/task").All(IsTraced));
            (await DockerAsync("create", "--name", "none", "busybox")).Says("input/output error");
            (await DockerAsync("network", "create", "lan")).Says("input/output error");
            (await DockerAsync("volume", "create", "none")).Says("input/output error");
            (await DockerAsync("import", await BusyboxImage.ArchiveAsync(), "other")).Says("input/output error");
            (await DockerAsync("exec", "ends", "touch", "/now")).Exits(0);
            Assert.Equal("42", (await DockerAsync("wait", "ends")).Exits(0).Line);
            Assert.Equal(["ends", "runs"], await ContainersAsync());
        }

        await Eventually.HoldsAsync("no thread is traced", () => !Directory.EnumerateDirectories($"/proc/{Daemon.Pid}/task").Any(IsTraced));
        await Eventually.HoldsAsync("the end is written", () => Daemon.Log.Contains("its state is written now", StringComparison.Ordinal));
        await Daemon.KillAsync();
        await Daemon.StartAsync();
        Assert.Equal("exited 42", await StateAsync("ends"));
        Assert.Equal(liveRestore ? "running 0" : "exited 137", await StateAsync("runs"));
        Assert.Equal(["ends", "runs"], await ContainersAsync());
        (await DockerAsync("run", "--rm", "--name", "none", "busybox", "true")).Exits(0);
        (await DockerAsync("network", "create", "lan")).Exits(0);
        (await DockerAsync("volume", "create", "none")).Exits(0);
    }

    private static bool IsTraced(string task) => Read($"{task}/status") is var status && status.Length > 0 && !status.Contains("TracerPid:\t0\n", StringComparison.Ordinal);
}
