using Rtd.Daemon.Metrics;

namespace Rtd.Daemon.Events;

/// <summary>Carries events from where they happen to whoever listens, and remembers the last ones.</summary>
internal sealed class EventBus : IEventPublisher
{
    /// <summary>What <c>since</c> can look back on, as in dockerd.</summary>
    public const int HistoryLength = 256;

    private readonly Lock _lock = new();
    private readonly Queue<EngineEvent> _history = new(HistoryLength);
    private readonly HashSet<EventSubscription> _subscriptions = [];
    private DateTime _last;

    public int Listeners
    {
        get
        {
            lock (_lock)
            {
                return _subscriptions.Count;
            }
        }
    }

    /// <summary>Tells all listeners; never waits for one.</summary>
    public void Publish(string type, string action, string id, IEnumerable<KeyValuePair<string, string>>? attributes = null)
    {
        EngineMetrics.Events.Add();
        Dictionary<string, string> copy = attributes is null ? [] : new Dictionary<string, string>(attributes);
        lock (_lock)
        {
            // Times grow strictly, so that "since the last one I saw" neither repeats nor misses any.
            DateTime now = DateTime.UtcNow;
            _last = now > _last ? now : _last.AddTicks(1);
            EngineEvent happened = new(type, action, id, copy, _last);
            Remember(happened);
            foreach (EventSubscription subscription in _subscriptions)
            {
                subscription.Offer(happened);
            }
        }
    }

    /// <summary>Listens from now on, with what is remembered since a time put in front.</summary>
    /// <param name="since">Null for nothing of the past.</param>
    public EventSubscription Subscribe(EventFilter filter, DateTime? since)
    {
        lock (_lock)
        {
            EngineEvent[] past = since is null ? [] : _history.Where(happened => happened.Time >= since && filter.Includes(happened)).ToArray();
            EventSubscription subscription = new(this, filter, past);
            _subscriptions.Add(subscription);
            return subscription;
        }
    }

    /// <summary>Ends all subscriptions: the daemon stops.</summary>
    public void Close()
    {
        lock (_lock)
        {
            foreach (EventSubscription subscription in _subscriptions)
            {
                subscription.End();
            }
        }
    }

    internal void Remove(EventSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions.Remove(subscription);
        }
    }

    private void Remember(EngineEvent happened)
    {
        if (_history.Count == HistoryLength)
        {
            _history.Dequeue();
        }

        _history.Enqueue(happened);
    }
}
