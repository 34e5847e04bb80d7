using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Cgroups.V2;
using Rtd.Daemon.Errors;
using Xunit;

namespace Rtd.Tests.Unit.Cgroups;

/// <summary>The v2 driver on ordinary files: what it writes where. What the kernel makes of it is for the integration tests.</summary>
public sealed class FakeTreeTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("rtd-cgroup-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Controllers_are_handed_down_from_the_root()
    {
        Put("cgroup.controllers", "cpuset cpu io memory hugetlb pids rdma misc\n");
        Put("cgroup.subtree_control", "");
        V2Driver driver = new(_root, "/");
        ICgroup cgroup = driver.Create("/rtd/one", new CgroupResources());
        Assert.Equal("+cpuset +cpu +io +memory +hugetlb +pids", Get("cgroup.subtree_control"));
        Assert.True(Directory.Exists($"{_root}/rtd/one"));
        Assert.True(cgroup.Exists);
        Assert.Equal(["cpu", "cpuset", "devices", "freezer", "hugetlb", "io", "memory", "pids"], driver.Controllers.Order());
        Assert.Empty(driver.Warnings());
    }

    [Fact]
    public void Only_what_is_missing_is_enabled()
    {
        Put("cgroup.controllers", "cpu memory pids\n");
        Put("cgroup.subtree_control", "cpu pids\n");
        new V2Driver(_root, "/").Create("/rtd/one", new CgroupResources());
        Assert.StartsWith("+memory", Get("cgroup.subtree_control"));
    }

    [Fact]
    public void A_relative_path_is_below_our_own_cgroup()
    {
        Put("cgroup.controllers", "");
        Directory.CreateDirectory($"{_root}/system.slice/rtd.service");
        new V2Driver(_root, "/system.slice/rtd.service").Create("containers/one", new CgroupResources());
        Assert.True(Directory.Exists($"{_root}/system.slice/rtd.service/containers/one"));
    }

    [Fact]
    public async Task A_limit_the_host_lacks_is_named_and_nothing_is_left()
    {
        Put("cgroup.controllers", "");
        V2Driver driver = new(_root, "/");
        EngineException exception = Assert.Throws<EngineException>(() => driver.Create("/rtd/one", new CgroupResources { PidsLimit = 5 }));
        Assert.Equal("cannot set pids limit: the host's pids controller has no pids.max", exception.Message);
        Assert.False(Directory.Exists($"{_root}/rtd/one"));
        await driver.Open("/rtd/one").RemoveAsync(default);
        Assert.Contains("WARNING: No pids limit support", driver.Warnings());
    }

    [Fact]
    public void Updates_pids_and_events_go_through_the_files()
    {
        Put("cgroup.controllers", "memory pids cpu\n");
        string directory = Directory.CreateDirectory($"{_root}/one/child").FullName;
        foreach (string file in (string[])["memory.max", "memory.swap.max", "cpu.max", "pids.max", "cgroup.freeze", "cgroup.kill"])
        {
            Put($"one/{file}", "");
        }

        Put("one/memory.events", "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n");
        Put("one/cgroup.procs", "12\n7\n0\n");
        File.WriteAllText($"{directory}/cgroup.procs", "5\n");

        ICgroup cgroup = new V2Driver(_root, "/").Open("/one");
        cgroup.Update(new CgroupResources { Memory = 1000, MemorySwap = 1500, CpuQuota = 20000, PidsLimit = 9 });
        Assert.Equal(("1000", "500", "20000 100000", "9"), (Get("one/memory.max"), Get("one/memory.swap.max"), Get("one/cpu.max"), Get("one/pids.max")));
        Assert.Equal([5, 7, 12], cgroup.Pids());
        Assert.Equal(2, cgroup.OomKills());
        cgroup.Kill();
        Assert.Equal("1", Get("one/cgroup.kill"));
        cgroup.Add(42);
        Assert.StartsWith("42", Get("one/cgroup.procs"));
    }

    [Fact]
    public async Task Freezing_waits_for_the_event()
    {
        Put("cgroup.controllers", "");
        Directory.CreateDirectory($"{_root}/one");
        Put("one/cgroup.freeze", "0");
        Put("one/cgroup.events", "populated 1\nfrozen 0\n");
        ICgroup cgroup = new V2Driver(_root, "/").Open("/one");
        Task freezing = cgroup.FreezeAsync(default);
        Assert.Equal("1", Get("one/cgroup.freeze"));
        Assert.False(freezing.IsCompleted);
        Put("one/cgroup.events", "populated 1\nfrozen 1\n");
        await freezing;
        await cgroup.ThawAsync(default);
        Assert.Equal("0", Get("one/cgroup.freeze"));
    }

    [Fact]
    public async Task A_cancelled_freeze_is_undone()
    {
        Put("cgroup.controllers", "");
        Directory.CreateDirectory($"{_root}/one");
        Put("one/cgroup.freeze", "0");
        Put("one/cgroup.events", "populated 1\nfrozen 0\n");
        using CancellationTokenSource cancellation = new();
        Task freezing = new V2Driver(_root, "/").Open("/one").FreezeAsync(cancellation.Token);
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => freezing);
        Assert.Equal("0", Get("one/cgroup.freeze"));
    }

    [Fact]
    public async Task Waiting_ends_when_the_cgroup_goes()
    {
        Directory.CreateDirectory($"{_root}/one");
        Put("one/cgroup.events", "populated 1\n");
        List<string?> seen = [];
        Task waiting = EventFiles.Shared.WaitAsync(
            new CgroupDirectory($"{_root}/one"), "cgroup.events", text => { seen.Add(text); return text is null; }, default);
        File.Delete($"{_root}/one/cgroup.events");
        await waiting;
        Assert.Equal("populated 1\n", seen[0]);
        Assert.Null(seen[^1]);
    }

    private void Put(string file, string text) => File.WriteAllText($"{_root}/{file}", text);

    private string Get(string file) => File.ReadAllText($"{_root}/{file}");
}
