using System.Threading.Channels;

namespace Rtd.Daemon.Events;

/// <summary>One listener's share of the events.</summary>
internal sealed class EventSubscription : IDisposable
{
    /// <summary>How far a listener may fall behind before it is cut off: losing events silently would be worse.</summary>
    public const int MaxBehind = 4096;

    private readonly EventBus _bus;
    private readonly EventFilter _filter;
    private readonly Channel<EngineEvent> _events = Channel.CreateBounded<EngineEvent>(
        new BoundedChannelOptions(MaxBehind) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    public EventSubscription(EventBus bus, EventFilter filter, IReadOnlyList<EngineEvent> past)
    {
        _bus = bus;
        _filter = filter;
        Past = past;
    }

    /// <summary>What happened before the subscription, as far as asked for and remembered.</summary>
    public IReadOnlyList<EngineEvent> Past { get; }

    /// <summary>What happens from then on; ends with an error when the listener falls too far behind.</summary>
    public ChannelReader<EngineEvent> Events => _events.Reader;

    public void Dispose() => _bus.Remove(this);

    internal void End() => _events.Writer.TryComplete();

    internal void Offer(EngineEvent happened)
    {
        if (_filter.Includes(happened) && !_events.Writer.TryWrite(happened))
        {
            _events.Writer.TryComplete(new IOException($"the listener is more than {MaxBehind} events behind"));
        }
    }
}
