using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Cgroups.V2;
using Rtd.Daemon.Errors;
using Xunit;

namespace Rtd.Tests.Unit.Cgroups;

public sealed class V2SettingsTests
{
    private readonly Dictionary<string, string> _files = new() { ["memory.swap.max"] = "max\n", ["memory.max"] = "max\n", ["cpu.max"] = "max 100000\n" };

    [Theory]
    [InlineData(2, 1)]
    [InlineData(512, 59)]
    [InlineData(1024, 100)]
    [InlineData(262144, 10000)]
    [InlineData(0, 1)]
    [InlineData(1000000, 10000)]
    public void Shares_become_weight_with_equal_defaults(long shares, long weight) => Assert.Equal(weight, V2Weights.FromShares(shares));

    [Fact]
    public void More_shares_never_weigh_less()
    {
        long[] weights = Enumerable.Range(0, 17).Select(power => V2Weights.FromShares(2L << power)).ToArray();
        Assert.Equal(weights.Order(), weights);
        Assert.Equal(17, weights.Distinct().Count());
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(1000, 10000)]
    [InlineData(500, 4950)]
    public void Blkio_weight_is_stretched(int weight, long expected) => Assert.Equal(expected, V2Weights.FromBlkioWeight(weight));

    [Theory]
    [InlineData(100, 300, "200")]
    [InlineData(100, 100, "0")]
    [InlineData(100, -1, "max")]
    [InlineData(-1, -1, "max")]
    public void Swap_is_the_sum_less_memory(long memory, long sum, string swap) =>
        Assert.Equal(swap, Plan(new CgroupResources { Memory = memory, MemorySwap = sum })["memory.swap.max"]);

    [Fact]
    public void Swap_alone_counts_from_the_limit_in_force()
    {
        _files["memory.max"] = "100\n";
        Assert.Equal("50", Plan(new CgroupResources { MemorySwap = 150 })["memory.swap.max"]);
        Assert.Throws<EngineException>(() => Plan(new CgroupResources { MemorySwap = 50 }));
        _files["memory.max"] = "max\n";
        Assert.Throws<EngineException>(() => Plan(new CgroupResources { MemorySwap = 150 }));
    }

    [Fact]
    public void Without_swap_accounting_only_memory_is_set()
    {
        _files.Remove("memory.swap.max");
        Assert.Equal(["memory.max"], Plan(new CgroupResources { Memory = 100, MemorySwap = 300 }).Keys);
    }

    [Theory]
    [InlineData(null, 50000L, "max 100000", "50000 100000")]
    [InlineData(20000L, null, "50000 100000", "50000 20000")]
    [InlineData(20000L, -1L, "50000 100000", "max 20000")]
    [InlineData(null, 50000L, "max 20000", "50000 20000")]
    public void Cpu_max_keeps_the_half_that_is_not_given(long? period, long? quota, string now, string expected)
    {
        _files["cpu.max"] = now + "\n";
        Assert.Equal(expected, Plan(new CgroupResources { CpuPeriod = period, CpuQuota = quota })["cpu.max"]);
    }

    [Fact]
    public void All_limits_have_their_file()
    {
        CgroupResources resources = new()
        {
            Memory = 4096,
            MemoryReservation = 2048,
            MemorySwappiness = 5,
            CpuShares = 1024,
            CpusetCpus = "0",
            CpusetMems = "0",
            PidsLimit = 7,
            BlkioWeight = 1000,
            BlkioThrottles = [new BlkioThrottle("write_iops", 8, 16, 100), new BlkioThrottle("read_bps", 8, 16, 0)],
        };
        List<CgroupSetting> settings = V2Settings.Limits(resources, _files.GetValueOrDefault);
        Assert.Equal(
            [
                ("memory.max", "4096"), ("memory.low", "2048"), ("cpu.weight", "100"), ("cpuset.cpus", "0"), ("cpuset.mems", "0"), ("pids.max", "7"),
                ("io.bfq.weight", "1000"), ("io.max", "8:16 wiops=100"), ("io.max", "8:16 rbps=max"),
            ],
            settings.Select(setting => (setting.File, setting.Value)));
        CgroupSetting weight = Assert.Single(settings, setting => setting.Alternative is not null);
        Assert.Equal(("io.weight", "10000"), (weight.Alternative, weight.AlternativeValue));
    }

    private Dictionary<string, string> Plan(CgroupResources resources) =>
        V2Settings.Limits(resources, _files.GetValueOrDefault).ToDictionary(setting => setting.File, setting => setting.Value);
}
