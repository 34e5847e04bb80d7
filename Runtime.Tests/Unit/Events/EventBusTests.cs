using Rtd.Daemon.Api;
using Rtd.Daemon.Events;
using Xunit;

namespace Rtd.Tests.Unit.Events;

public sealed class EventBusTests
{
    private readonly EventBus _bus = new();

    [Fact]
    public void Listener_gets_what_happens_after_it_subscribed()
    {
        _bus.Publish("container", "create", "c1");
        using EventSubscription subscription = Subscribe("", since: null);
        _bus.Publish("container", "start", "c1", new Dictionary<string, string> { ["name"] = "n" });

        Assert.Empty(subscription.Past);
        Assert.Equal(["start"], Drain(subscription));
    }

    [Fact]
    public void Past_is_kept_in_order_up_to_its_bound_and_joins_the_present_without_a_gap()
    {
        for (int i = 0; i < EventBus.HistoryLength + 44; i++)
        {
            _bus.Publish("container", $"a{i}", "c1");
        }

        using EventSubscription subscription = Subscribe("", DateTime.UnixEpoch);
        _bus.Publish("container", "last", "c1");

        Assert.Equal(Enumerable.Range(44, EventBus.HistoryLength).Select(i => $"a{i}"), subscription.Past.Select(happened => happened.Action));
        Assert.Equal(["last"], Drain(subscription));
    }

    [Fact]
    public void Times_grow_strictly_so_that_since_the_last_one_misses_and_repeats_none()
    {
        for (int i = 0; i < 100; i++)
        {
            _bus.Publish("container", $"a{i}", "c1");
        }

        using EventSubscription all = Subscribe("", DateTime.UnixEpoch);
        using EventSubscription rest = Subscribe("", all.Past[60].Time.AddTicks(1));

        Assert.Equal(all.Past.Skip(61), rest.Past);
    }

    [Theory]
    [InlineData("", "create,exec_create: ls,start,tag,connect,die")]
    [InlineData("{\"type\":[\"container\"]}", "create,exec_create: ls,start,die")]
    [InlineData("{\"event\":[\"start\",\"die\"]}", "start,die")]
    [InlineData("{\"event\":[\"exec_create\"]}", "exec_create: ls")]
    [InlineData("{\"container\":[\"c1\"]}", "create,exec_create: ls,start")]
    [InlineData("{\"container\":[\"we\"]}", "create,exec_create: ls,start")]
    [InlineData("{\"container\":[\"c2\"],\"event\":[\"start\"]}", "")]
    [InlineData("{\"image\":[\"busybox\"]}", "create,exec_create: ls,start,tag")]
    [InlineData("{\"image\":[\"busybox:latest\"],\"type\":[\"image\"]}", "tag")]
    [InlineData("{\"network\":[\"net\"]}", "connect")]
    [InlineData("{\"label\":[\"tier=front\"]}", "create,exec_create: ls,start")]
    [InlineData("{\"label\":[\"tier=back\"]}", "")]
    [InlineData("{\"scope\":[\"swarm\"]}", "")]
    [InlineData("{\"scope\":[\"local\"],\"event\":{\"die\":true}}", "die")]
    public void Filters_choose_as_docker_does(string filters, string actions)
    {
        using EventSubscription subscription = Subscribe(filters, since: null);
        Dictionary<string, string> web = new() { ["name"] = "web", ["image"] = "busybox:latest", ["tier"] = "front" };
        _bus.Publish("container", "create", "c1aa", web);
        _bus.Publish("container", "exec_create: ls", "c1aa", web);
        _bus.Publish("container", "start", "c1aa", web);
        _bus.Publish("image", "tag", "sha256:ff", new Dictionary<string, string> { ["name"] = "busybox:latest" });
        _bus.Publish("network", "connect", "ab", new Dictionary<string, string> { ["name"] = "net1", ["container"] = "c1aa" });
        _bus.Publish("container", "die", "c2bb");

        Assert.Equal(actions, string.Join(',', Drain(subscription)));
    }

    [Fact]
    public async Task Listener_that_falls_too_far_behind_is_told_and_does_not_hold_the_others_up()
    {
        using EventSubscription slow = Subscribe("", since: null);
        for (int i = 0; i <= EventSubscription.MaxBehind; i++)
        {
            _bus.Publish("container", "start", "c1");
        }

        Assert.Equal(EventSubscription.MaxBehind, Drain(slow).Count);
        await Assert.ThrowsAsync<IOException>(async () => await slow.Events.Completion);
    }

    [Fact]
    public void Listener_that_leaves_is_forgotten()
    {
        EventSubscription subscription = Subscribe("", since: null);
        Assert.Equal(1, _bus.Listeners);
        subscription.Dispose();
        Assert.Equal(0, _bus.Listeners);
    }

    private static List<string> Drain(EventSubscription subscription)
    {
        List<string> actions = [];
        while (subscription.Events.TryRead(out EngineEvent? happened))
        {
            actions.Add(happened.Action);
        }

        return actions;
    }

    private EventSubscription Subscribe(string filters, DateTime? since) => _bus.Subscribe(new EventFilter(QueryFilters.Parse(filters)), since);
}
