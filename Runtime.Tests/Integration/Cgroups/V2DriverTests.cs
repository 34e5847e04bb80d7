using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Cgroups.V2;
using Rtd.Protocol.Syscalls;
using Xunit;

namespace Rtd.Tests.Integration.Cgroups;

/// <summary>The v2 driver on the kernel's hierarchy: all that needs no controller, and the controllers where there are some.</summary>
public sealed class V2DriverTests : IAsyncLifetime
{
    private readonly string _parent = $"/rtd-test-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}";
    private readonly string _root = V2FactAttribute.Mount?.MountPoint ?? "";
    private string? _enabledBefore;

    private V2Driver? _driver;

    private V2Driver Driver => _driver ??= new V2Driver(_root, "/");

    public Task InitializeAsync()
    {
        _enabledBefore = _root.Length > 0 ? Read("/cgroup.subtree_control") : null;
        return Task.CompletedTask;
    }

    /// <summary>Nothing may be left, neither a directory nor a controller that was not on before.</summary>
    public async Task DisposeAsync()
    {
        if (_driver is not null)
        {
            await Driver.Open(_parent).RemoveAsync(default);
            Assert.False(Directory.Exists(_root + _parent));
            foreach (string controller in Read("/cgroup.subtree_control").Split(' ').Except(_enabledBefore!.Split(' ')))
            {
                File.WriteAllText($"{_root}/cgroup.subtree_control", $"-{controller}");
            }
        }
    }

    [V2Fact]
    public void Controllers_reach_the_container()
    {
        string[] known = Read("/cgroup.controllers").Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(Driver.Controllers.Contains).ToArray();
        Driver.Create($"{_parent}/one", new CgroupResources());
        Assert.Equal(known.Order(), Read($"{_parent}/one/cgroup.controllers").Split(' ', StringSplitOptions.RemoveEmptyEntries).Order());
    }

    [V2Fact]
    public async Task A_process_is_placed_frozen_killed_and_gone()
    {
        ICgroup cgroup = Driver.Create($"{_parent}/one", new CgroupResources());
        Assert.True(cgroup.ClonesInto);
        using (SafeFileHandle? directory = cgroup.OpenForClone())
        {
            Assert.False(directory!.IsInvalid);
        }

        using Shell shell = new();
        cgroup.Add(shell.Pid);
        shell.RunToLine("for i in 1 2 3 4; do sh -c 'while :; do :; done' & done; echo started; wait");
        Assert.Equal(5, cgroup.Pids().Count);
        await cgroup.FreezeAsync(default);
        Assert.Contains("frozen 1", Read($"{_parent}/one/cgroup.events"));
        await cgroup.ThawAsync(default);
        await cgroup.FreezeAsync(default);
        Task removal = cgroup.RemoveAsync(default);
        Assert.False(removal.IsCompleted);
        cgroup.Kill();
        Assert.Equal(128 + Libc.SIGKILL, shell.WaitForExit());
        await removal;
        Assert.False(cgroup.Exists);
        cgroup.Kill();
        Assert.Empty(cgroup.Pids());
    }

    [V2Fact]
    public async Task A_fork_bomb_dies_inside()
    {
        ICgroup cgroup = Driver.Create($"{_parent}/one", new CgroupResources());
        using Shell shell = new();
        cgroup.Add(shell.Pid);
        shell.RunToLine("ulimit -u 200 2>/dev/null; i=0; spread() { while [ $i -lt 100 ]; do sleep 1000 & i=$((i+1)); done; }; spread & spread; echo lit; wait");
        cgroup.Kill();
        shell.WaitForExit();
        await cgroup.RemoveAsync(default);
        Assert.False(cgroup.Exists);
    }

    [V2Fact]
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

    [V2Fact]
    public async Task Long_rule_lists_pass_the_verifier()
    {
        List<DeviceRule> rules = [new(false, 'a', null, null, "rwm")];
        for (uint i = 0; i < 300; i++)
        {
            rules.Add(new DeviceRule(i % 7 != 0, i % 2 == 0 ? 'c' : 'b', i % 5 == 0 ? null : i, i % 3 == 0 ? null : i, i % 4 == 0 ? "r" : "rwm"));
        }

        rules.Add(new DeviceRule(true, 'a', null, null, "rwm"));
        rules.Add(new DeviceRule(false, 'a', null, null, "rwm"));
        ICgroup cgroup = Driver.Create($"{_parent}/one", new CgroupResources { DeviceRules = rules });
        await cgroup.RemoveAsync(default);
    }

    [V2Fact]
    public async Task Removal_takes_children_along()
    {
        ICgroup cgroup = Driver.Create($"{_parent}/one", new CgroupResources());
        Directory.CreateDirectory($"{_root}{_parent}/one/a/b");
        Directory.CreateDirectory($"{_root}{_parent}/one/c");
        using Shell shell = new();
        new CgroupDirectory($"{_root}{_parent}/one/a/b").Write("cgroup.procs", shell.Pid.ToString());
        Assert.Equal([shell.Pid], cgroup.Pids());
        cgroup.Kill();
        shell.WaitForExit();
        await cgroup.RemoveAsync(default);
        Assert.False(cgroup.Exists);
    }

    private string Read(string file) => File.ReadAllText(_root + file).Trim();
}
