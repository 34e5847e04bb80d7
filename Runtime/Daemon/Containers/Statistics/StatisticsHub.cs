using System.Collections.Concurrent;
using System.Threading.Channels;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.State;

namespace Rtd.Daemon.Containers.Statistics;

/// <summary>Samples each container once a second while at least one client watches it, however many they are.</summary>
internal sealed class StatisticsHub(ulong hostMemory)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Watch> _watches = [];

    /// <summary>Containers that are being sampled.</summary>
    public int Watched
    {
        get
        {
            lock (_lock)
            {
                return _watches.Count;
            }
        }
    }

    public ContainerStats Take(Container container) => StatisticsSample.Take(container, hostMemory);

    /// <summary>Samples from now on; it ends when the container has been removed. Who does not read gets the newest when he does.</summary>
    public async IAsyncEnumerable<ContainerStats> WatchAsync(Container container, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        Channel<ContainerStats> samples = Channel.CreateBounded<ContainerStats>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        Join(container, samples.Writer);
        try
        {
            await foreach (ContainerStats sample in samples.Reader.ReadAllAsync(cancellation))
            {
                yield return sample;
            }
        }
        finally
        {
            Leave(container, samples.Writer);
        }
    }

    private void Join(Container container, ChannelWriter<ContainerStats> watcher)
    {
        lock (_lock)
        {
            if (!_watches.TryGetValue(container.Id, out Watch? watch))
            {
                _watches[container.Id] = watch = new Watch(container, hostMemory);
                _ = watch.RunAsync();
            }

            watch.Add(watcher);
            if (container.IsRemoved)
            {
                watcher.TryComplete(); // the loop may have ended before it could see this watcher
            }
        }
    }

    private void Leave(Container container, ChannelWriter<ContainerStats> watcher)
    {
        lock (_lock)
        {
            if (_watches.TryGetValue(container.Id, out Watch? watch) && watch.Remove(watcher))
            {
                _watches.Remove(container.Id);
                watch.Stop();
            }
        }
    }

    /// <summary>The loop of one container.</summary>
    private sealed class Watch(Container container, ulong hostMemory)
    {
        private static readonly NLog.Logger s_log = NLog.LogManager.GetLogger("containers");

        private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

        private readonly ConcurrentDictionary<ChannelWriter<ContainerStats>, bool> _watchers = [];
        private readonly PeriodicTimer _timer = new(s_interval);
        private volatile bool _failed;

        public void Add(ChannelWriter<ContainerStats> watcher) => _watchers[watcher] = true;

        /// <summary>True when nobody is left.</summary>
        public bool Remove(ChannelWriter<ContainerStats> watcher) => _watchers.TryRemove(watcher, out _) && _watchers.IsEmpty;

        public void Stop() => _timer.Dispose();

        /// <summary>Nobody awaits this, so it must not throw.</summary>
        public async Task RunAsync()
        {
            await Task.Yield(); // the caller holds a lock
            do
            {
                Publish();
            }
            while (!container.IsRemoved && await _timer.WaitForNextTickAsync());

            foreach (ChannelWriter<ContainerStats> watcher in _watchers.Keys)
            {
                watcher.TryComplete();
            }
        }

        private void Publish()
        {
            ContainerStats sample;
            try
            {
                sample = StatisticsSample.Take(container, hostMemory);
                _failed = false;
            }
            catch (Exception failure)
            {
                if (!_failed)
                {
                    s_log.Warn(failure, "container {0}: its statistics cannot be read", container.Id);
                }

                _failed = true;
                sample = new ContainerStats { Name = "/" + container.Record.Name, Id = container.Id };
            }

            foreach (ChannelWriter<ContainerStats> watcher in _watchers.Keys)
            {
                watcher.TryWrite(sample);
            }
        }
    }
}
