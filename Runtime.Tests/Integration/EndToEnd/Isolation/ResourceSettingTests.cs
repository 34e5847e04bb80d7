using System.Globalization;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Isolation;

/// <summary>Every limit of the API, held against the kernel's files: as it was created, and as it was changed while it ran.</summary>
public sealed class ResourceSettingTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData("Memory", "67108864", "memory", "memory.limit_in_bytes", "memory.max", "67108864", "67108864")]
    [InlineData("MemoryReservation", "16777216", "memory", "memory.soft_limit_in_bytes", "memory.low", "16777216", "16777216")]
    [InlineData("MemorySwappiness", "17", "memory", "memory.swappiness", "", "17", "")]
    [InlineData("KernelMemoryTCP", "8388608", "memory", "memory.kmem.tcp.limit_in_bytes", "", "8388608", "")]
    [InlineData("CpuShares", "512", "cpu", "cpu.shares", "cpu.weight", "512", "59")]
    [InlineData("CpuPeriod", "50000", "cpu", "cpu.cfs_period_us", "cpu.max", "50000", "max 50000")]
    [InlineData("CpuQuota", "20000", "cpu", "cpu.cfs_quota_us", "cpu.max", "20000", "20000 100000")]
    [InlineData("NanoCpus", "250000000", "cpu", "cpu.cfs_quota_us", "cpu.max", "25000", "25000 100000")]
    [InlineData("CpusetCpus", "\"0\"", "cpuset", "cpuset.cpus", "cpuset.cpus", "0", "0")]
    [InlineData("CpusetMems", "\"0\"", "cpuset", "cpuset.mems", "cpuset.mems", "0", "0")]
    [InlineData("PidsLimit", "77", "pids", "pids.max", "pids.max", "77", "77")]
    [InlineData("PidsLimit", "-1", "pids", "pids.max", "pids.max", "max", "max")]
    [InlineData("BlkioWeight", "300", "blkio", "blkio.bfq.weight", "io.bfq.weight", "300", "default 300")]
    public async Task Limit_is_the_kernels(string field, string value, string controller, string v1, string v2, string onV1, string onV2)
    {
        string created = await RunAsync(new JObject { [field] = JToken.Parse(value) });
        Check(await ViewAsync(created));

        // Some can only be set at the start, as with Docker.
        if (field is "MemorySwappiness" or "KernelMemoryTCP")
        {
            return;
        }

        string changed = await RunAsync([]);
        using HttpResponseMessage updated = await Api.PostTextAsync($"/containers/{changed}/update", new JObject { [field] = JToken.Parse(value) }.ToString());
        Assert.True(updated.IsSuccessStatusCode, await updated.Content.ReadAsStringAsync());
        Check(await ViewAsync(changed));
        Assert.Equal(JToken.Parse(value).ToString(), (await Api.GetJsonAsync($"/containers/{changed}/json"))["HostConfig"]![field]!.ToString());

        void Check(CgroupView view)
        {
            if (!CgroupView.IsV2 || v2.Length > 0)
            {
                Assert.Equal(CgroupView.IsV2 ? onV2 : onV1, view.Read(controller, v1, v2));
            }
        }
    }

    [RootFact]
    public async Task Swap_limit_is_memory_and_swap_together()
    {
        CgroupView view = await ViewAsync(await RunAsync(new JObject { ["Memory"] = 32 << 20, ["MemorySwap"] = 48 << 20 }));
        Assert.Equal(CgroupView.IsV2 ? 16 << 20 : 48 << 20, view.Number("memory", "memory.memsw.limit_in_bytes", "memory.swap.max"));

        string id = await RunAsync(new JObject { ["Memory"] = 32 << 20 });
        Assert.Equal(CgroupView.IsV2 ? 32 << 20 : 64 << 20, (await ViewAsync(id)).Number("memory", "memory.memsw.limit_in_bytes", "memory.swap.max"));

        // Both up, and both down: in whatever order the kernel needs it.
        foreach (int size in new[] { 128 << 20, 16 << 20 })
        {
            using HttpResponseMessage updated = await Api.PostJsonAsync($"/containers/{id}/update", new { Memory = size, MemorySwap = size });
            Assert.True(updated.IsSuccessStatusCode, await updated.Content.ReadAsStringAsync());
            Assert.Equal(size, (await ViewAsync(id)).Number("memory", "memory.limit_in_bytes", "memory.max"));
        }
    }

    [RootFact]
    public async Task Oom_killer_can_be_switched_off_where_the_kernel_can()
    {
        using HttpResponseMessage created = await CreateAsync(new JObject { ["Memory"] = 32 << 20, ["OomKillDisable"] = true });
        JObject answer = JObject.Parse(await created.Content.ReadAsStringAsync());
        string id = (string)answer["Id"]!;
        (await DockerAsync("start", id)).Exits(0);

        if (CgroupView.IsV2)
        {
            Assert.Contains("OomKillDisable discarded", answer["Warnings"]!.ToString(), StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(1, (await ViewAsync(id)).Key("memory", "memory.oom_control", "oom_kill_disable"));
        }
    }

    [BlockDeviceTheory]
    [InlineData("BlkioDeviceReadBps", "read_bps_device", "rbps")]
    [InlineData("BlkioDeviceWriteBps", "write_bps_device", "wbps")]
    [InlineData("BlkioDeviceReadIOps", "read_iops_device", "riops")]
    [InlineData("BlkioDeviceWriteIOps", "write_iops_device", "wiops")]
    public async Task Rates_of_devices(string field, string v1, string v2)
    {
        JObject limit = new() { [field] = new JArray(new JObject { ["Path"] = BlockDevice.Path, ["Rate"] = 1048576 }) };
        string created = await RunAsync(limit), changed = await RunAsync([]);
        using HttpResponseMessage updated = await Api.PostTextAsync($"/containers/{changed}/update", limit.ToString());
        Assert.True(updated.IsSuccessStatusCode, await updated.Content.ReadAsStringAsync());

        foreach (string id in new[] { created, changed })
        {
            string line = (await ViewAsync(id)).Read("blkio", $"blkio.throttle.{v1}", "io.max");
            Assert.StartsWith(BlockDevice.Number + " ", line, StringComparison.Ordinal);
            Assert.Contains(CgroupView.IsV2 ? $"{v2}=1048576" : " 1048576", line, StringComparison.Ordinal);
        }
    }

    /// <summary>A weight per device is of the BFQ scheduler: where the device has another, the kernel says no, and so do we.</summary>
    [BlockDeviceTheory]
    [InlineData(300)]
    public async Task Weight_of_a_device(int weight)
    {
        JObject limit = new() { ["BlkioWeightDevice"] = new JArray(new JObject { ["Path"] = BlockDevice.Path, ["Weight"] = weight }) };
        bool isBfq = File.ReadAllText($"/sys/class/block/{Path.GetFileName(BlockDevice.Path)}/queue/scheduler").Contains("[bfq]", StringComparison.Ordinal);
        using HttpResponseMessage created = await CreateAsync(limit);
        string id = (string)JObject.Parse(await created.Content.ReadAsStringAsync())["Id"]!;

        using HttpResponseMessage started = await Api.PostAsync($"/containers/{id}/start");

        if (isBfq)
        {
            Assert.Contains($"{BlockDevice.Number} {weight}", (await ViewAsync(id)).Read("blkio", "blkio.bfq.weight_device", "io.bfq.weight"), StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains("cannot set blkio weight of a device", await EngineApi.ErrorAsync(started, 400), StringComparison.Ordinal);
        }
    }

    /// <summary>Docker's words, at create and, where there is such a field, at update.</summary>
    [RootTheory]
    [InlineData("""{"Memory": 1}""", "Minimum memory limit allowed is 6MB")]
    [InlineData("""{"Memory": 67108864, "MemorySwap": 33554432}""", "Minimum memoryswap limit should be larger than memory limit, see usage")]
    [InlineData("""{"MemorySwap": 67108864}""", "You should always set the Memory limit when using Memoryswap limit, see usage")]
    [InlineData("""{"MemoryReservation": 1}""", "Minimum memory reservation allowed is 6MB")]
    [InlineData("""{"Memory": 8388608, "MemoryReservation": 16777216}""", "Minimum memory limit can not be less than memory reservation limit, see usage")]
    [InlineData("""{"CpuPeriod": 1}""", "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)")]
    [InlineData("""{"CpuQuota": 1}""", "CPU cfs quota can not be less than 1ms (i.e. 1000)")]
    [InlineData("""{"NanoCpus": 1000000000000}""", "range of CPUs is from 0.01 to ")]
    [InlineData("""{"NanoCpus": 100000000, "CpuQuota": 5000}""", "Conflicting options: Nano CPUs and CPU Quota cannot both be set")]
    [InlineData("""{"CpusetCpus": "x"}""", "Invalid value x for cpuset cpus")]
    [InlineData("""{"CpusetCpus": "999"}""", "Requested CPUs are not available - requested 999, available: ")]
    [InlineData("""{"CpusetMems": "999"}""", "Requested memory nodes are not available - requested 999, available: ")]
    [InlineData("""{"BlkioWeight": 5}""", "Range of blkio weight is from 10 to 1000")]
    public async Task What_is_out_of_range_is_refused(string resources, string message)
    {
        using HttpResponseMessage created = await CreateAsync(JObject.Parse(resources));
        Assert.Contains(message, await EngineApi.ErrorAsync(created, 400), StringComparison.Ordinal);

        string id = await RunAsync([]);
        using HttpResponseMessage updated = await Api.PostTextAsync($"/containers/{id}/update", resources);
        Assert.Contains(message, await EngineApi.ErrorAsync(updated, 400), StringComparison.Ordinal);
    }

    [RootTheory]
    [InlineData("""{"MemorySwappiness": 101}""", "Invalid value: 101, valid memory swappiness range is 0-100")]
    [InlineData("""{"OomScoreAdj": 1001}""", "Invalid value 1001, range for oom score adj is [-1000, 1000]")]
    [InlineData("""{"BlkioWeightDevice": [{"Path": "/dev/null", "Weight": 5000}]}""", "Range of blkio weight is from 10 to 1000")]
    [InlineData("""{"DeviceRequests": [{"Driver": "", "Count": -1, "Capabilities": [["gpu"]]}]}""", "could not select device driver \"\" with capabilities: [[gpu]]")]
    [InlineData("""{"DeviceCgroupRules": ["nonsense"]}""", "nonsense")]
    [InlineData("""{"Ulimits": [{"Name": "nonsense", "Soft": 1, "Hard": 1}]}""", "invalid ulimit type: nonsense")]
    public async Task What_cannot_be_is_refused_at_create(string host, string message)
    {
        using HttpResponseMessage created = await CreateAsync(JObject.Parse(host));

        Assert.Contains(message, await EngineApi.ErrorAsync(created, 400), StringComparison.Ordinal);
    }

    /// <summary>Rules of the device controller: what they permit and nothing else.</summary>
    [RootFact]
    public async Task Device_rules_permit_what_they_say()
    {
        const string Open = "mknod /tmp/d c 10 200 && (: </tmp/d) 2>&1";

        Assert.Contains("not permitted", (await ShellAsync(Open)).Stdout, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("not permitted", (await ShellAsync(Open, "--device-cgroup-rule", "c 10:200 rm")).Stdout, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("not permitted", (await ShellAsync(Open, "--device-cgroup-rule", "c 10:200 w")).Stdout, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("not permitted", (await ShellAsync(Open, "--device-cgroup-rule", "b 10:200 rwm")).Stdout, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What stats tell stands in the kernel's files.</summary>
    [RootFact]
    public async Task Statistics_are_the_kernels()
    {
        string id = await RunAsync(new JObject { ["Memory"] = 64 << 20, ["PidsLimit"] = 50 }, "dd if=/dev/zero of=/dev/null bs=64k count=200 2>/dev/null; exec sleep 1000");
        await Eventually.HoldsAsync("it rests", async () => (await DockerAsync("top", id)).Stdout.Contains("sleep 1000", StringComparison.Ordinal));
        CgroupView view = await ViewAsync(id);

        // What the kernel counts for each processor it adds up when it likes: taken while it stands still.
        JToken stats = JValue.CreateNull();
        await Eventually.HoldsAsync("memory that does not change meanwhile", async () =>
        {
            long before = Memory();
            stats = await Api.GetJsonAsync($"/containers/{id}/stats?stream=0&one-shot=1");
            return before == Memory();
        });

        long Memory() => view.Number("memory", "memory.usage_in_bytes", "memory.current");
        long Cpu() => CgroupView.IsV2 ? view.Key("cpu", "", "usage_usec", "cpu.stat") * 1000 : view.Number("cpuacct", "cpuacct.usage");
        Assert.Equal(Cpu(), (long)stats["cpu_stats"]!["cpu_usage"]!["total_usage"]!);
        Assert.Equal(Memory(), (long)stats["memory_stats"]!["usage"]!);
        Assert.Equal(64 << 20, (long)stats["memory_stats"]!["limit"]!);
        Assert.Equal(view.Number("pids", "pids.current", "pids.current"), (long)stats["pids_stats"]!["current"]!);
        Assert.Equal(50, (long)stats["pids_stats"]!["limit"]!);
        foreach (JProperty counter in ((JObject)stats["memory_stats"]!["stats"]!).Properties().Where(counter => counter.Name is "cache" or "rss" or "anon" or "file" or "pgfault"))
        {
            Assert.Equal(view.Key("memory", "memory.stat", counter.Name, "memory.stat"), (long)counter.Value);
        }
    }

    private async Task<CgroupView> ViewAsync(string id) => CgroupView.Of(int.Parse(await InspectAsync(id, "{{.State.Pid}}"), CultureInfo.InvariantCulture));

    private Task<HttpResponseMessage> CreateAsync(JObject host, string script = "sleep 1000") =>
        Api.PostTextAsync("/containers/create", new JObject { ["Image"] = "busybox", ["Cmd"] = new JArray("sh", "-c", script), ["HostConfig"] = host }.ToString());

    private async Task<string> RunAsync(JObject host, string script = "sleep 1000")
    {
        using HttpResponseMessage created = await CreateAsync(host, script);
        JObject answer = JObject.Parse(await created.Content.ReadAsStringAsync());
        Assert.True(created.IsSuccessStatusCode, answer.ToString());
        string id = (string)answer["Id"]!;
        using HttpResponseMessage started = await Api.PostAsync($"/containers/{id}/start");
        Assert.True(started.IsSuccessStatusCode, await started.Content.ReadAsStringAsync());
        return id;
    }
}
