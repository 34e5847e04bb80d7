using System.Diagnostics;
using System.Globalization;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Isolation;

/// <summary>Who takes all there is gets what the limit says, within a twentieth, by the kernel's own counters.</summary>
public sealed class LimitTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const double Slack = 1.05;
    private const long MiB = 1 << 20;

    [RootFact]
    public async Task Memory_hog()
    {
        const long Limit = 64 * MiB;
        (string id, CgroupView cgroup) = await WatchAsync("while :; do tail /dev/zero; done", "-m", $"{Limit}", "--memory-swap", $"{Limit}");

        await Eventually.HoldsAsync("a hog is killed", () => CgroupView.IsV2
            ? cgroup.Key("memory", "", "oom_kill", "memory.events") > 0
            : cgroup.Key("memory", "memory.oom_control", "oom_kill") > 0);
        long most = cgroup.Number("memory", "memory.max_usage_in_bytes", "memory.peak");

        Assert.InRange(most, Limit / Slack, Limit);
        Assert.Equal("true", await InspectAsync(id, "{{.State.Running}}"));
    }

    [RootFact]
    public async Task Fork_bomb()
    {
        const int Limit = 60;
        (string id, CgroupView cgroup) = await WatchAsync("(while :; do sleep 1000 & done); exec sleep 1000", "--pids-limit", $"{Limit}");

        await Eventually.HoldsAsync("it is refused", () => cgroup.Key("pids", "pids.events", "max", "pids.events") > 0);

        Assert.InRange(cgroup.Number("pids", "pids.current", "pids.current"), Limit / Slack, Limit);
        Assert.Equal(cgroup.Number("pids", "pids.current", "pids.current"), (long)(await Api.GetJsonAsync($"/containers/{id}/stats?stream=0&one-shot=1"))["pids_stats"]!["current"]!);
    }

    [RootTheory]
    [InlineData("/t", "--tmpfs", "/t:size=16m")]
    [InlineData("/dev/shm", "--shm-size", "16m")]
    public async Task Disk_filler_on_memory(string directory, string option, string value)
    {
        const long Limit = 16 * MiB;

        CommandResult result = await ShellAsync($"dd if=/dev/zero of={directory}/f bs=64k 2>&1; stat -c %s {directory}/f", option, value);

        Assert.Contains("No space left on device", result.Stdout, StringComparison.Ordinal);
        Assert.InRange(long.Parse(result.Lines[^1], CultureInfo.InvariantCulture), Limit / Slack, Limit);
    }

    /// <summary>Time is counted in the scheduler's own periods; a machine that is busy gives less of each, never more.</summary>
    [RootFact]
    public async Task Processor_burner()
    {
        const long Quota = 10_000, Period = 50_000, Periods = 60;
        (string id, CgroupView cgroup) = await WatchAsync("while :; do :; done & while :; do :; done", "--cpu-period", $"{Period}", "--cpu-quota", $"{Quota}");
        long Used() => CgroupView.IsV2 ? cgroup.Key("cpu", "", "usage_usec", "cpu.stat") * 1000 : cgroup.Number("cpuacct", "cpuacct.usage");
        long Passed() => cgroup.Key("cpu", "cpu.stat", "nr_periods", "cpu.stat");

        long used = Used(), passed = Passed();
        await Eventually.HoldsAsync("periods pass", () => Passed() - passed >= Periods);
        double share = (Used() - used) / 1000.0 / ((Passed() - passed) * Quota);

        Assert.InRange(share, 0, Slack);
        Assert.True(cgroup.Key("cpu", "cpu.stat", "nr_throttled", "cpu.stat") > Periods / 2);
        Assert.NotEqual("", id);
    }

    /// <summary>What has gone to the device while the clock ran: a slow device makes it less, nothing may make it more.</summary>
    [BlockDeviceTheory]
    [InlineData("--device-write-bps")]
    [InlineData("--device-write-iops")]
    public async Task Flood_of_writes(string option)
    {
        const long Bytes = MiB, Operations = 40, Block = 64 << 10;
        bool byBytes = option == "--device-write-bps";
        string rate = $"{BlockDevice.Path}:{(byBytes ? Bytes : Operations)}";
        string directory = Path.Combine(Host.Root, "flooded");
        Directory.CreateDirectory(directory);
        Stopwatch clock = Stopwatch.StartNew();
        string script = $"dd if=/dev/zero of=/d/f bs={Block} count={(byBytes ? 3 * Bytes / Block : 3 * Operations) + 8} oflag=direct 2>/dev/null; exec sleep 1000";
        (_, CgroupView cgroup) = await WatchAsync(script, option, rate, "-v", $"{directory}:/d");

        long done = 0;
        await Eventually.HoldsAsync("something is written", () => (done = Written(cgroup, byBytes)) >= (byBytes ? 3 * Bytes : 3 * Operations));

        // The kernel lets what has been saved up in one slice of a tenth of a second go at once.
        double most = (byBytes ? Bytes : Operations) * (clock.Elapsed.TotalSeconds + 0.1) * Slack;
        Assert.InRange(done, 1, most + (byBytes ? Block : 1));
    }

    private static long Written(CgroupView cgroup, bool bytes)
    {
        string file = bytes ? "blkio.throttle.io_service_bytes" : "blkio.throttle.io_serviced";
        string[] lines = cgroup.Read("blkio", file, "io.stat").Split('\n');
        return CgroupView.IsV2
            ? lines.Where(line => line.StartsWith(BlockDevice.Number + " ", StringComparison.Ordinal)).SelectMany(line => line.Split(' '))
                .Where(word => word.StartsWith(bytes ? "wbytes=" : "wios=", StringComparison.Ordinal)).Sum(word => long.Parse(word.Split('=')[1], CultureInfo.InvariantCulture))
            : lines.Select(line => line.Split(' ')).Where(words => words[0] == BlockDevice.Number && words[1] == "Write").Sum(words => long.Parse(words[2], CultureInfo.InvariantCulture));
    }

    private async Task<(string Id, CgroupView Cgroup)> WatchAsync(string script, params string[] options)
    {
        string id = await StartAsync(script, options);
        return (id, CgroupView.Of(int.Parse(await InspectAsync(id, "{{.State.Pid}}"), CultureInfo.InvariantCulture)));
    }
}
