using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Cgroups.V1;
using Rtd.Daemon.Cgroups.V2;

namespace Rtd.Tests.Unit.Cgroups;

/// <summary>What is read of the kernel's counters, on ordinary files.</summary>
public sealed class StatisticsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("rtd-cgroup-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Version_2_is_brought_to_nanoseconds_and_bytes()
    {
        Put("cpu.stat", "usage_usec 5000\nuser_usec 3000\nsystem_usec 2000\nnr_periods 7\nnr_throttled 3\nthrottled_usec 11\n");
        Put("memory.current", "4096\n");
        Put("memory.max", "max\n");
        Put("memory.events", "low 0\noom 2\noom_kill 1\n");
        Put("memory.stat", "anon 100\ninactive_file 50\n");
        Put("pids.current", "4\n");
        Put("pids.max", "max\n");
        Put("io.stat", "8:16 rbytes=1024 wbytes=2048 rios=1 wios=2 dbytes=0 dios=0\n253:0 \n");

        CgroupStatistics used = V2Statistics.Read(new CgroupDirectory(_root));

        Assert.Equal((5_000_000UL, 3_000_000UL, 2_000_000UL), (used.CpuNanoseconds, used.UserNanoseconds, used.KernelNanoseconds));
        Assert.Equal((7UL, 3UL, 11_000UL), (used.Periods, used.ThrottledPeriods, used.ThrottledNanoseconds));
        Assert.Equal((4096UL, null, 2UL), (used.MemoryUsage, used.MemoryLimit, used.MemoryFailures));
        Assert.Equal(50UL, used.Memory["inactive_file"]);
        Assert.Equal((4UL, ulong.MaxValue), (used.Pids, used.PidsLimit));
        Assert.Null(used.CpuNanosecondsEach);
        Assert.Null(used.Serviced);
        Assert.Equal([new BlkioCount(8, 16, "read", 1024), new(8, 16, "write", 2048)], used.ServiceBytes.Take(2));
    }

    [Fact]
    public void Version_1_has_what_only_it_counts()
    {
        Put("cpuacct.usage", "123456789\n");
        Put("cpuacct.stat", "user 5\nsystem 6\n");
        Put("cpuacct.usage_percpu", "100 200 \n");
        Put("cpu.stat", "nr_periods 1\nnr_throttled 2\nthrottled_time 3\n");
        Put("memory.usage_in_bytes", "10\n");
        Put("memory.max_usage_in_bytes", "20\n");
        Put("memory.limit_in_bytes", "9223372036854771712\n");
        Put("memory.failcnt", "4\n");
        Put("memory.stat", "total_inactive_file 9\n");
        Put("pids.current", "3\n");
        Put("pids.max", "100\n");
        Put("blkio.throttle.io_service_bytes_recursive", "8:0 Read 4096\n8:0 Total 4096\nTotal 4096\n");
        CgroupDirectory directory = new(_root);

        CgroupStatistics used = V1Statistics.Read(_ => directory);

        Assert.Equal((123456789UL, 50_000_000UL, 60_000_000UL), (used.CpuNanoseconds, used.UserNanoseconds, used.KernelNanoseconds));
        Assert.Equal([100UL, 200UL], used.CpuNanosecondsEach!);
        Assert.Equal((10UL, 20UL, null, 4UL), (used.MemoryUsage, used.MemoryMaxUsage, used.MemoryLimit, used.MemoryFailures));
        Assert.Equal(100UL, used.PidsLimit);
        Assert.Equal([new BlkioCount(8, 0, "Read", 4096), new(8, 0, "Total", 4096)], used.ServiceBytes);
        Assert.Empty(used.Serviced!);
    }

    [Fact]
    public void Missing_files_count_nothing()
    {
        Assert.Equal(0UL, V2Statistics.Read(new CgroupDirectory(_root)).MemoryUsage);
        Assert.Equal(0UL, V1Statistics.Read(_ => null).CpuNanoseconds);
    }

    private void Put(string name, string text) => File.WriteAllText(Path.Combine(_root, name), text);
}
