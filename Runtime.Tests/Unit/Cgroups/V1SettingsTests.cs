using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Cgroups.V1;
using Rtd.Daemon.Errors;
using Xunit;

namespace Rtd.Tests.Unit.Cgroups;

public sealed class V1SettingsTests
{
    private const string Memory = "memory.limit_in_bytes", Sum = "memory.memsw.limit_in_bytes";

    [Fact]
    public void Nothing_asked_is_nothing_written() => Assert.Empty(V1Settings.Limits(new CgroupResources(), V1Settings.Unlimited));

    [Theory]
    [InlineData(V1Settings.Unlimited, 100, 200, Memory, Sum)]
    [InlineData(200, 300, 400, Sum, Memory)]
    [InlineData(200, 50, 100, Memory, Sum)]
    [InlineData(200, 150, 200, Memory, Sum)]
    [InlineData(200, -1, -1, Sum, Memory)]
    public void Memory_never_exceeds_memory_plus_swap_on_the_way(long now, long memory, long sum, string first, string second)
    {
        List<CgroupSetting> settings = V1Settings.Limits(new CgroupResources { Memory = memory, MemorySwap = sum }, now);
        Assert.Equal([first, second], settings.Select(setting => setting.File));
        Assert.Equal(memory.ToString(), settings.Single(setting => setting.File == Memory).Value);
        Assert.Equal(sum.ToString(), settings.Single(setting => setting.File == Sum).Value);
    }

    [Fact]
    public void Raising_memory_alone_above_the_sum_is_refused_in_dockers_words()
    {
        EngineException exception = Assert.Throws<EngineException>(() => V1Settings.Limits(new CgroupResources { Memory = 300 }, 200));
        Assert.Equal("Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time", exception.Message);
    }

    [Fact]
    public void Without_swap_accounting_only_memory_is_set() =>
        Assert.Equal(Memory, Assert.Single(V1Settings.Limits(new CgroupResources { Memory = 100, MemorySwap = 200 }, null)).File);

    [Fact]
    public void All_limits_have_their_file()
    {
        CgroupResources resources = new()
        {
            MemoryReservation = 1,
            MemorySwappiness = 0,
            OomKillDisable = true,
            CpuShares = 512,
            CpuPeriod = 50000,
            CpuQuota = -1,
            CpuRealtimePeriod = 1000000,
            CpuRealtimeRuntime = 1000,
            CpusetCpus = "0-1",
            CpusetMems = "0",
            PidsLimit = -1,
            BlkioWeight = 300,
            BlkioThrottles = [new BlkioThrottle("read_bps", 8, 0, 1048576)],
        };
        Assert.Equal(
            [
                ("memory.soft_limit_in_bytes", "1"),
                ("memory.swappiness", "0"),
                ("memory.oom_control", "1"),
                ("cpu.shares", "512"),
                ("cpu.cfs_period_us", "50000"),
                ("cpu.cfs_quota_us", "-1"),
                ("cpu.rt_period_us", "1000000"),
                ("cpu.rt_runtime_us", "1000"),
                ("cpuset.cpus", "0-1"),
                ("cpuset.mems", "0"),
                ("pids.max", "max"),
                ("blkio.bfq.weight", "300"),
                ("blkio.throttle.read_bps_device", "8:0 1048576"),
            ],
            V1Settings.Limits(resources, null).Select(setting => (setting.File, setting.Value)));
    }

    [Fact]
    public void Device_rules_keep_their_order()
    {
        DeviceRule[] rules =
        [
            new(false, 'a', null, null, "rwm"), new(true, 'c', null, null, "m"), new(true, 'c', 1, 3, "rwm"), new(false, 'b', 8, null, "w"),
        ];
        Assert.Equal(
            [("devices.deny", "a"), ("devices.allow", "c *:* m"), ("devices.allow", "c 1:3 rwm"), ("devices.deny", "b 8:* w")],
            V1Settings.Devices(rules).Select(setting => (setting.File, setting.Value)));
    }
}
