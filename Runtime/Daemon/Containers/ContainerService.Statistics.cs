using System.Runtime.CompilerServices;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.State;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    /// <summary>One sample now, with nothing of an earlier one.</summary>
    public ContainerStats Statistics(string reference) => _statistics.Take(_store.Get(reference));

    /// <summary>One sample with the CPU counters of the second before it; at once, and zero, for a container that does not run.</summary>
    public async Task<ContainerStats> NextStatisticsAsync(string reference, CancellationToken cancellation)
    {
        Container container = _store.Get(reference);
        if (!container.State.Alive)
        {
            return _statistics.Take(container);
        }

        ContainerStats? last = null;
        await foreach (ContainerStats sample in FollowStatisticsAsync(container, cancellation))
        {
            if (last is not null)
            {
                return sample;
            }

            last = sample;
        }

        return last ?? _statistics.Take(container);
    }

    /// <summary>A sample a second until the container is removed, whether it runs or not.</summary>
    public IAsyncEnumerable<ContainerStats> FollowStatisticsAsync(string reference, CancellationToken cancellation) =>
        FollowStatisticsAsync(_store.Get(reference), cancellation);

    private async IAsyncEnumerable<ContainerStats> FollowStatisticsAsync(Container container, [EnumeratorCancellation] CancellationToken cancellation)
    {
        CpuStats cpu = new();
        DateTime read = default;
        await foreach (ContainerStats sample in _statistics.WatchAsync(container, cancellation))
        {
            yield return sample with { PreviousCpu = cpu, PreviousRead = read };
            (cpu, read) = (sample.Cpu, sample.Read);
        }
    }
}
