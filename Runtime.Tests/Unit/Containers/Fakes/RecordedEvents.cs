using System.Collections.Concurrent;
using Rtd.Daemon.Events;

namespace Rtd.Tests.Unit.Containers.Fakes;

/// <summary>Keeps what was published.</summary>
internal sealed class RecordedEvents : IEventPublisher
{
    private readonly ConcurrentQueue<(string Type, string Action, string Id, Dictionary<string, string> Attributes)> _events = new();

    /// <summary>Actions on containers, in order.</summary>
    public IReadOnlyList<string> ContainerActions => [.. _events.Where(happened => happened.Type == "container").Select(happened => happened.Action)];

    public IReadOnlyList<string> VolumeActions => [.. _events.Where(happened => happened.Type == "volume").Select(happened => happened.Action)];

    public IReadOnlyDictionary<string, string> AttributesOf(string action) => _events.Last(happened => happened.Action == action).Attributes;

    public void Publish(string type, string action, string id, IEnumerable<KeyValuePair<string, string>>? attributes = null) =>
        _events.Enqueue((type, action, id, new Dictionary<string, string>(attributes ?? [])));
}
