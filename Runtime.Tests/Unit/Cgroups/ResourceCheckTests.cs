using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Errors;
using Xunit;

namespace Rtd.Tests.Unit.Cgroups;

public sealed class ResourceCheckTests
{
    private const long Megabyte = 1 << 20;

    private static readonly CgroupFeatures s_full = new()
    {
        MemoryLimit = true,
        SwapLimit = true,
        MemoryReservation = true,
        MemorySwappiness = true,
        OomKillDisable = true,
        CpuShares = true,
        CpuCfsPeriod = true,
        CpuCfsQuota = true,
        CpuRealtime = true,
        CpuSet = true,
        PidsLimit = true,
        BlkioWeight = true,
        BlkioThrottle = true,
        Cpus = "0-3",
        Mems = "0",
    };

    private static readonly CgroupResources s_everything = new()
    {
        Memory = 64 * Megabyte,
        MemorySwap = 128 * Megabyte,
        MemoryReservation = 32 * Megabyte,
        MemorySwappiness = 5,
        OomKillDisable = true,
        CpuShares = 512,
        CpuPeriod = 100_000,
        CpuQuota = 50_000,
        CpusetCpus = "0,2-3",
        CpusetMems = "0",
        PidsLimit = 10,
        BlkioWeight = 500,
        BlkioThrottles = [new BlkioThrottle("read_bps", 8, 0, 1)],
    };

    public static TheoryData<object, string> Mistakes => new()
    {
        { new CgroupResources { Memory = Megabyte }, "Minimum memory limit allowed is 6MB" },
        { new CgroupResources { MemorySwap = 8 * Megabyte }, "You should always set the Memory limit when using Memoryswap limit, see usage" },
        { new CgroupResources { Memory = 9 * Megabyte, MemorySwap = 8 * Megabyte }, "Minimum memoryswap limit should be larger than memory limit, see usage" },
        { new CgroupResources { Memory = 9 * Megabyte, MemoryReservation = 10 * Megabyte }, "Minimum memory limit can not be less than memory reservation limit, see usage" },
        { new CgroupResources { MemorySwappiness = 101 }, "Invalid value: 101, valid memory swappiness range is 0-100" },
        { new CgroupResources { CpuPeriod = 10 }, "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)" },
        { new CgroupResources { CpuQuota = 10 }, "CPU cfs quota can not be less than 1ms (i.e. 1000)" },
        { new CgroupResources { BlkioWeight = 5 }, "Range of blkio weight is from 10 to 1000" },
        { new CgroupResources { CpusetCpus = "0-x" }, "Invalid value 0-x for cpuset cpus" },
        { new CgroupResources { CpusetCpus = "0-2147483647" }, "Invalid value 0-2147483647 for cpuset cpus" },
        { new CgroupResources { CpusetCpus = "2-4" }, "Requested CPUs are not available - requested 2-4, available: 0-3" },
        { new CgroupResources { CpusetMems = "1" }, "Requested memory nodes are not available - requested 1, available: 0" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistakes_are_told_in_dockers_words(object resources, string message)
    {
        EngineException exception = Assert.Throws<EngineException>(() => ResourceCheck.Check((CgroupResources)resources, s_full, []));
        Assert.Equal((message, ErrorKind.InvalidParameter), (exception.Message, exception.Kind));
    }

    [Fact]
    public void What_the_host_can_do_stays_as_it_is()
    {
        List<string> warnings = [];
        Assert.Equal(s_everything, ResourceCheck.Check(s_everything, s_full, warnings));
        Assert.Empty(warnings);
    }

    [Fact]
    public void What_the_host_cannot_do_is_left_out_with_a_warning()
    {
        List<string> warnings = [];
        CgroupResources left = ResourceCheck.Check(s_everything, new CgroupFeatures(), warnings);
        Assert.Equal(new CgroupResources { BlkioThrottles = left.BlkioThrottles }, left);
        Assert.Empty(left.BlkioThrottles);
        Assert.Equal(10, warnings.Count);
        Assert.All(warnings, warning => Assert.StartsWith("Your kernel does not support ", warning));
    }

    [Fact]
    public void Without_swap_accounting_memory_is_still_limited()
    {
        List<string> warnings = [];
        CgroupResources left = ResourceCheck.Check(s_everything, s_full with { SwapLimit = false }, warnings);
        Assert.Equal((64 * Megabyte, null), (left.Memory, left.MemorySwap));
        Assert.Contains("Memory limited without swap.", Assert.Single(warnings));
    }

    [Theory]
    [InlineData("0", new[] { 0 })]
    [InlineData("0-2,5", new[] { 0, 1, 2, 5 })]
    [InlineData("1, 1-2", new[] { 1, 2 })]
    [InlineData("8191", new[] { 8191 })]
    [InlineData("8192", null)]
    [InlineData("2-1", null)]
    [InlineData("1-2-3", null)]
    [InlineData("-1", null)]
    [InlineData("", null)]
    [InlineData("1,", null)]
    public void Lists_are_parsed(string text, int[]? members) => Assert.Equal(members, CpuList.Parse(text)?.Order());
}
