using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Isolation;

/// <summary>Limits of memory, processor and processes, read where the kernel enforces them and by going beyond them.</summary>
public sealed class ResourceTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private static readonly bool s_v2 = File.Exists("/sys/fs/cgroup/cgroup.controllers");

    [RootFact]
    public async Task Memory_limit_is_set() =>
        Assert.Equal($"{64 << 20}", await SettingAsync("memory", "memory.limit_in_bytes", "memory.max", "-m", "64m"));

    [RootFact]
    public async Task Memory_hog_dies_inside_and_the_flag_is_set()
    {
        CommandResult result = await DockerAsync("run", "--name", "hog", "-m", "64m", "busybox", "sh", "-c", "tail /dev/zero; exit $?");

        result.Exits(137);
        Assert.Equal("true 137", await InspectAsync("hog", "{{.State.OOMKilled}} {{.State.ExitCode}}"));
        await Api.PingAsync();
    }

    [RootFact]
    public async Task Oom_flag_is_not_set_by_an_ordinary_kill()
    {
        string id = await StartAsync("sleep 1000", "-m", "64m");

        (await DockerAsync("kill", id)).Exits(0);
        (await DockerAsync("wait", id)).Exits(0);

        Assert.Equal("false 137", await InspectAsync(id, "{{.State.OOMKilled}} {{.State.ExitCode}}"));
    }

    [RootFact]
    public async Task Processor_limit_is_set()
    {
        if (s_v2)
        {
            Assert.Equal("50000 100000", await SettingAsync("", "", "cpu.max", "--cpus", "0.5"));
        }
        else
        {
            Assert.Equal("50000", await SettingAsync("cpu", "cpu.cfs_quota_us", "", "--cpus", "0.5"));
            Assert.Equal("100000", await SettingAsync("cpu", "cpu.cfs_period_us", "", "--cpus", "0.5"));
        }
    }

    [RootFact]
    public async Task Cpu_shares_and_sets_are_set()
    {
        Assert.Equal(s_v2 ? "20" : "512", await SettingAsync("cpu", "cpu.shares", "cpu.weight", "--cpu-shares", "512"));
        Assert.Equal("0", await SettingAsync("cpuset", "cpuset.cpus", "cpuset.cpus", "--cpuset-cpus", "0"));
        Assert.Equal("1\n", (await ShellAsync("nproc", "--cpuset-cpus", "0")).Exits(0).Stdout);
    }

    [RootFact]
    public async Task Pids_limit_is_set() => Assert.Equal("30", await SettingAsync("pids", "pids.max", "pids.max", "--pids-limit", "30"));

    [RootFact]
    public async Task Fork_bomb_stays_inside()
    {
        string id = await StartAsync("bomb() { bomb | bomb & }; bomb; while :; do sleep 1; done", "--pids-limit", "50", "-m", "64m", "--cpus", "0.5");
        await Eventually.HoldsAsync("the bomb reaches its limit", async () => (await DockerAsync("logs", id)).Stderr.Contains("can't fork", StringComparison.Ordinal));

        Assert.InRange(Host.ContainerProcesses().Count, 0, 50);
        (await ShellAsync("true")).Exits(0);
        (await DockerAsync("rm", "-f", id)).Exits(0);
        await Eventually.HoldsAsync("no process of the bomb", () => Host.ContainerProcesses().Count == 0);
    }

    [RootTheory]
    [InlineData("-m", "1m", "Minimum memory limit allowed is 6MB")]
    [InlineData("--cpus", "1000", "CPUs")]
    [InlineData("--cpuset-cpus", "77", "Requested CPUs are not available")]
    public async Task Impossible_limits_are_refused(string flag, string value, string message) =>
        (await ShellAsync("true", flag, value)).Exits(125).Says(message);

    /// <summary>A file of the container's cgroup: read from outside, where it is in force, not from what the container is shown.</summary>
    private async Task<string> SettingAsync(string controller, string v1, string v2, params string[] options)
    {
        string id = await StartAsync("sleep 1000", options);
        string pid = await InspectAsync(id, "{{.State.Pid}}");
        string path = File.ReadLines($"/proc/{pid}/cgroup")
            .Select(line => line.Split(':', 3))
            .First(fields => s_v2 || fields[1].Split(',').Contains(controller))[2];
        string file = s_v2 ? $"/sys/fs/cgroup{path}/{v2}" : $"/sys/fs/cgroup/{controller}{path}/{v1}";
        string value = (await File.ReadAllTextAsync(file)).Trim();
        (await DockerAsync("rm", "-f", id)).Exits(0);
        return value;
    }
}
