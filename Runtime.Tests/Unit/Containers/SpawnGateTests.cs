using Rtd.Daemon.Containers.Execs;
using Rtd.Tests.Unit.Containers.Fakes;

namespace Rtd.Tests.Unit.Containers;

public sealed class SpawnGateTests
{
    private readonly SpawnGate _gate = new();

    [Fact]
    public async Task Closing_waits_for_those_inside_and_holds_up_the_rest()
    {
        SpawnGate.Pass first = await _gate.EnterAsync(), second = await _gate.EnterAsync();
        Task<SpawnGate.Closure> closing = _gate.CloseAsync(ContainerHost.Patience);
        Task<SpawnGate.Pass> late = _gate.EnterAsync();
        first.Dispose();
        Assert.False(closing.IsCompleted);
        second.Dispose();
        SpawnGate.Closure closure = await closing;
        Assert.False(late.IsCompleted);
        closure.Dispose();
        (await late.WaitAsync(ContainerHost.Patience)).Dispose();
        (await _gate.CloseAsync(ContainerHost.Patience)).Dispose();
    }

    [Fact]
    public async Task Who_cannot_close_leaves_the_gate_open()
    {
        using SpawnGate.Pass inside = await _gate.EnterAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => _gate.CloseAsync(TimeSpan.FromMilliseconds(1)));
        (await _gate.EnterAsync().WaitAsync(ContainerHost.Patience)).Dispose();
    }
}
