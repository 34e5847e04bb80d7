using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;
using Xunit;

namespace Rtd.Tests.Integration.Cgroups;

/// <summary>The v1 driver on the kernel's own hierarchies, below a parent of this test's own.</summary>
public sealed class V1DriverTests : IAsyncLifetime
{
    private readonly string _parent = $"/rtd-test-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}";

    private readonly ICgroupDriver? _detected = Environment.IsPrivilegedProcess ? CgroupDrivers.Detect() : null;

    private ICgroupDriver Driver => _detected!;

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Nothing may be left but the parent, which goes too.</summary>
    public async Task DisposeAsync()
    {
        if (_detected?.Version == 1)
        {
            Assert.Empty(Directories(_parent).SelectMany(Directory.GetDirectories));
            await Driver.Open(_parent).RemoveAsync(default);
            Assert.Empty(Directories(_parent));
        }
    }

    [V1Fact]
    public void Controllers_are_those_of_the_kernel()
    {
        IEnumerable<string> mounted = File.ReadLines("/proc/cgroups").Skip(1).Select(line => line.Split('\t')).Where(fields => fields[1] != "0").Select(fields => fields[0]);
        Assert.Equal(mounted.Order(), Driver.Controllers.Order());
    }

    [V1Fact]
    public async Task Limits_are_in_force_and_change_in_both_directions()
    {
        ICgroup cgroup = Driver.Create($"{_parent}/one", new CgroupResources
        {
            Memory = 64 << 20,
            MemorySwap = 128 << 20,
            MemoryReservation = 32 << 20,
            MemorySwappiness = 10,
            CpuShares = 512,
            CpuPeriod = 50_000,
            CpuQuota = 25_000,
            CpusetCpus = "0",
            PidsLimit = 50,
        });
        Assert.Equal((64 << 20, 128 << 20, 32 << 20, 10), (Number("memory", "memory.limit_in_bytes"), Sum(), Number("memory", "memory.soft_limit_in_bytes"), Number("memory", "memory.swappiness")));
        Assert.Equal((512, 50_000, 25_000), (Number("cpu", "cpu.shares"), Number("cpu", "cpu.cfs_period_us"), Number("cpu", "cpu.cfs_quota_us")));
        Assert.Equal((0, 50), (Number("cpuset", "cpuset.cpus"), Number("pids", "pids.max")));

        cgroup.Update(new CgroupResources { Memory = 256 << 20, MemorySwap = 512 << 20, CpuQuota = -1, PidsLimit = -1 });
        Assert.Equal((256 << 20, 512 << 20, -1), (Number("memory", "memory.limit_in_bytes"), Sum(), Number("cpu", "cpu.cfs_quota_us")));
        Assert.Equal("max", Text("pids", "pids.max"));
        cgroup.Update(new CgroupResources { Memory = 16 << 20, MemorySwap = 16 << 20 });
        Assert.Equal((16 << 20, 16 << 20), (Number("memory", "memory.limit_in_bytes"), Sum()));
        cgroup.Update(new CgroupResources { Memory = -1, MemorySwap = -1 });
        Assert.True(Number("memory", "memory.limit_in_bytes") > 1L << 60);
        await cgroup.RemoveAsync(default);
        Assert.False(cgroup.Exists);

        long Sum() => Driver.Features.SwapLimit ? Number("memory", "memory.memsw.limit_in_bytes") : 128 << 20;
    }

    [V1Fact]
    public async Task A_process_is_placed_listed_killed_and_gone()
    {
        ICgroup cgroup = Driver.Create($"{_parent}/one", new CgroupResources());
        using Shell shell = new();
        cgroup.Add(shell.Pid);
        Assert.Equal("inside", shell.RunToLine("sleep 1000 & echo inside; wait"));
        Assert.Equal(2, cgroup.Pids().Count);
        Assert.Contains(shell.Pid, cgroup.Pids());
        Assert.All(
            File.ReadLines($"/proc/{shell.Pid}/cgroup").Where(line => !line.StartsWith("0::", StringComparison.Ordinal)),
            line => Assert.EndsWith($":{_parent}/one", line));
        cgroup.Kill();
        Assert.Equal(128 + Libc.SIGKILL, shell.WaitForExit());
        await cgroup.RemoveAsync(default);
        Assert.False(cgroup.Exists);
        Assert.Empty(cgroup.Pids());
        cgroup.Kill();
    }

    [V1Fact]
    public async Task Frozen_processes_stand_still_and_can_be_killed()
    {
        ICgroup cgroup = Driver.Create($"{_parent}/one", new CgroupResources());
        using Shell shell = new();
        cgroup.Add(shell.Pid);
        shell.RunToLine("for i in 1 2 3 4; do sh -c 'while :; do :; done' & done; echo started; wait");
        await cgroup.FreezeAsync(default);
        Assert.Equal("FROZEN", Text("freezer", "freezer.state"));
        await cgroup.ThawAsync(default);
        Assert.Equal("THAWED", Text("freezer", "freezer.state"));
        await cgroup.FreezeAsync(default);
        cgroup.Kill();
        Assert.Equal(128 + Libc.SIGKILL, shell.WaitForExit());
        await cgroup.RemoveAsync(default);
    }

    [V1Fact]
    public async Task A_fork_bomb_dies_inside()
    {
        ICgroup cgroup = Driver.Create($"{_parent}/one", new CgroupResources { PidsLimit = 60 });
        using Shell shell = new();
        cgroup.Add(shell.Pid);
        shell.RunToLine("bomb() { bomb | bomb & }; bomb 2>/dev/null; echo lit; sleep 1000");
        cgroup.Kill();
        shell.WaitForExit();
        await cgroup.RemoveAsync(default);
        Assert.False(cgroup.Exists);
    }

    [V1Fact]
    public async Task A_memory_hog_is_killed_and_counted()
    {
        ICgroup cgroup = Driver.Create($"{_parent}/one", new CgroupResources { Memory = 16 << 20, MemorySwap = 16 << 20 });
        Assert.Equal(0, cgroup.OomKills());
        using Shell shell = new();
        cgroup.Add(shell.Pid);
        Assert.Contains("137", shell.Run("head -c 100000000 /dev/zero | tail >/dev/null & wait $!; echo $?"));
        Assert.Equal(1, cgroup.OomKills());
        await cgroup.RemoveAsync(default);
    }

    [V1Fact]
    public async Task Device_rules_are_in_force()
    {
        DeviceRule[] rules = [new(false, 'a', null, null, "rwm"), new(true, 'c', 1, 3, "rwm"), new(true, 'c', 1, 5, "r")];
        ICgroup cgroup = Driver.Create($"{_parent}/one", new CgroupResources { DeviceRules = rules });
        using Shell shell = new();
        cgroup.Add(shell.Pid);
        Assert.Equal(DeviceProbe.Expected, shell.Run(DeviceProbe.Script));
        shell.WaitForExit();
        await cgroup.RemoveAsync(default);
    }

    [V1Fact]
    public void A_limit_the_kernel_refuses_is_named_and_nothing_is_left()
    {
        EngineException exception = Assert.Throws<EngineException>(() => Driver.Create($"{_parent}/one", new CgroupResources { CpusetCpus = "4000" }));
        Assert.StartsWith("cannot set cpuset cpus to 4000: ", exception.Message);
        Assert.Equal(ErrorKind.InvalidParameter, exception.Kind);
        Assert.Empty(Directories($"{_parent}/one"));
    }

    [V1Fact]
    public async Task A_left_over_is_replaced_and_one_with_processes_is_not()
    {
        ICgroup left = Driver.Create($"{_parent}/one", new CgroupResources { Memory = 1 << 20, MemorySwap = 2 << 20 });
        ICgroup cgroup = Driver.Create($"{_parent}/one", new CgroupResources { Memory = 64 << 20, MemorySwap = 64 << 20 });
        Assert.Equal(64 << 20, Number("memory", "memory.limit_in_bytes"));
        using (Shell shell = new())
        {
            cgroup.Add(shell.Pid);
            Assert.Equal(Libc.EEXIST, Assert.Throws<SyscallException>(() => Driver.Create($"{_parent}/one", new CgroupResources())).Errno);
            Assert.Equal([shell.Pid], cgroup.Pids());
        }

        await left.RemoveAsync(default);
    }

    [V1Fact]
    public async Task Removal_takes_children_along_and_says_who_is_in_the_way()
    {
        ICgroup cgroup = Driver.Create($"{_parent}/one", new CgroupResources());
        ICgroup child = Driver.Create($"{_parent}/one/a/b", new CgroupResources());
        using Shell shell = new();
        child.Add(shell.Pid);
        Assert.Equal([shell.Pid], cgroup.Pids());
        using CancellationTokenSource cancellation = new();
        Task removal = cgroup.RemoveAsync(cancellation.Token);
        Assert.False(removal.IsCompleted);
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => removal);
        cgroup.Kill();
        await cgroup.RemoveAsync(default);
        Assert.False(cgroup.Exists);
    }

    [V1Fact]
    public async Task A_relative_path_is_below_our_own_cgroup()
    {
        ICgroup cgroup = Driver.Create(_parent.TrimStart('/') + "/one", new CgroupResources());
        using (Shell shell = new())
        {
            cgroup.Add(shell.Pid);
            string[] own = File.ReadAllLines("/proc/self/cgroup");
            Assert.All(File.ReadAllLines($"/proc/{shell.Pid}/cgroup"), line => Assert.True(
                line.StartsWith("0::", StringComparison.Ordinal) || own.Any(mine => line == $"{mine.TrimEnd('/')}{_parent}/one"), line));
        }

        await cgroup.RemoveAsync(default);
        await Driver.Open(_parent.TrimStart('/')).RemoveAsync(default);
    }

    [V1Fact]
    public async Task Many_at_once_under_a_new_parent()
    {
        ICgroup[] cgroups = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(
            () => Driver.Create($"{_parent}/deep/{i}", new CgroupResources { PidsLimit = 10 + i }))));
        Assert.All(cgroups, cgroup => Assert.True(cgroup.Exists));
        await Task.WhenAll(cgroups.Select(cgroup => cgroup.RemoveAsync(default)));
        await Driver.Open($"{_parent}/deep").RemoveAsync(default);
    }

    private static IEnumerable<string> Directories(string path) =>
        CgroupMounts.Parse(File.ReadAllText("/proc/self/mountinfo")).Where(mount => mount.Version == 1).Select(mount => mount.MountPoint + path).Where(Directory.Exists);

    private string Text(string controller, string file) => File.ReadAllText(
        Path.Combine(Directories($"{_parent}/one").Single(directory => directory.Split('/')[4].Split(',').Contains(controller)), file)).Trim();

    private long Number(string controller, string file) => long.Parse(Text(controller, file));
}
