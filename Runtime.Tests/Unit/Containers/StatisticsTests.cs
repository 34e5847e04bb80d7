using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Statistics;
using Rtd.Tests.Unit.Containers.Fakes;

namespace Rtd.Tests.Unit.Containers;

/// <summary>Samples of what containers use, and who gets them.</summary>
public sealed class StatisticsTests : IDisposable
{
    private readonly ContainerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Host_processors_and_time_come_from_proc_stat()
    {
        HostCounters counters = HostCounters.Parse(["cpu  1 2 3 4 5 6 7 8 9 10", "cpu0 1 1 1 1 1 1 1 1 0 0", "cpu1 0 1 2 3 4 5 6 7 9 10", "intr 5"]);

        Assert.Equal((28UL * 10_000_000, 2U), (counters.Nanoseconds, counters.Processors));
    }

    [Fact]
    public void Interfaces_come_from_net_dev_without_the_loopback()
    {
        Dictionary<string, NetworkStats> interfaces = InterfaceCounters.Parse(
        [
            "Inter-|   Receive                                                |  Transmit", " face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs drop fifo colls carrier compressed",
            "    lo: 9 9 9 9 0 0 0 0 9 9 9 9 0 0 0 0", "  eth0: 1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0",
        ])!;

        NetworkStats eth0 = Assert.Single(interfaces, pair => pair.Key == "eth0").Value;
        Assert.Equal((1UL, 2UL, 3UL, 4UL), (eth0.ReceivedBytes, eth0.ReceivedPackets, eth0.ReceiveErrors, eth0.ReceiveDropped));
        Assert.Equal((5UL, 6UL, 7UL, 8UL), (eth0.SentBytes, eth0.SentPackets, eth0.SendErrors, eth0.SendDropped));
        Assert.Null(InterfaceCounters.Parse(["", "", "    lo: 9 9 9 9 0 0 0 0 9 9 9 9 0 0 0 0"]));
    }

    [Fact]
    public async Task Container_that_does_not_run_uses_nothing()
    {
        string id = await _host.CreateAsync("idle");

        ContainerStats sample = await _host.Service.NextStatisticsAsync(id, CancellationToken.None);

        Assert.Equal(("/idle", id, default), (sample.Name, sample.Id, sample.Read));
        Assert.Equal(0UL, sample.Cpu.SystemUsage);
        Assert.Null(sample.Networks);
    }

    [Fact]
    public async Task Sample_has_the_counters_of_the_one_before()
    {
        string id = await _host.StartAsync("busy");
        _host.Cgroups.Existing.Values.Single().Used = new CgroupStatistics { CpuNanoseconds = 42, MemoryUsage = 7, MemoryLimit = ulong.MaxValue };

        ContainerStats sample = await _host.Service.NextStatisticsAsync(id, CancellationToken.None).WaitAsync(ContainerHost.Patience);

        Assert.Equal((42UL, 42UL), (sample.Cpu.Usage.Total, sample.PreviousCpu.Usage.Total));
        Assert.True(sample.PreviousRead > default(DateTime) && sample.PreviousRead < sample.Read);
        Assert.InRange(sample.Memory.Limit, 1UL, ulong.MaxValue - 1);
    }

    [Fact]
    public async Task Watchers_of_a_container_share_its_samples_and_leave_nothing()
    {
        Container container = _host.Service.Get(await _host.StartAsync("watched"));
        StatisticsHub hub = new(1 << 30);
        await using IAsyncEnumerator<ContainerStats> first = hub.WatchAsync(container, CancellationToken.None).GetAsyncEnumerator();
        await using IAsyncEnumerator<ContainerStats> second = hub.WatchAsync(container, CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await first.MoveNextAsync().AsTask().WaitAsync(ContainerHost.Patience));
        Assert.True(await second.MoveNextAsync().AsTask().WaitAsync(ContainerHost.Patience));

        Assert.Equal(1, hub.Watched);
        await first.DisposeAsync();
        Assert.Equal(1, hub.Watched);
        await second.DisposeAsync();
        Assert.Equal(0, hub.Watched);
    }

    [Fact]
    public async Task Watch_ends_when_the_container_is_removed()
    {
        string id = await _host.CreateAsync("going");
        await using IAsyncEnumerator<ContainerStats> samples = _host.Service.FollowStatisticsAsync(id, CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await samples.MoveNextAsync().AsTask().WaitAsync(ContainerHost.Patience));

        await _host.Service.RemoveAsync(id, force: false, removeVolumes: false);

        while (await samples.MoveNextAsync().AsTask().WaitAsync(ContainerHost.Patience))
        {
            Assert.Equal(id, samples.Current.Id);
        }
    }
}
