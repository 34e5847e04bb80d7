using System.Collections.Concurrent;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.State;

/// <summary>All containers by id, unique id prefix and name.</summary>
internal sealed class ContainerStore
{
    private readonly ConcurrentDictionary<string, Container> _containers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Lock _nameGate = new();

    public IReadOnlyCollection<Container> All => [.. _containers.Values];

    /// <summary>Finds by id, then name, then id prefix; throws not found in Docker's words.</summary>
    public Container Get(string reference)
    {
        if (reference.Length == 0)
        {
            throw EngineException.InvalidParameter("invalid name or ID supplied: \"\"");
        }

        return Find(reference) ?? throw EngineException.NotFound($"No such container: {reference}");
    }

    /// <summary>As <see cref="Get"/>, null when there is none. An ambiguous prefix is an error all the same.</summary>
    public Container? Find(string reference)
    {
        if (_containers.TryGetValue(reference, out Container? byId))
        {
            return byId;
        }

        lock (_nameGate)
        {
            if (_names.TryGetValue(Plain(reference), out string? id))
            {
                return _containers.GetValueOrDefault(id);
            }
        }

        return FindByPrefix(reference);
    }

    /// <summary>Gives a name to a container that is being made, or throws conflict in Docker's words.</summary>
    public void ReserveName(string name, string id)
    {
        if (OwnerOrReserve(name, id) is { } owner)
        {
            throw EngineException.Conflict(
                $"Conflict. The container name \"/{name}\" is already in use by container \"{owner}\". You have to remove (or rename) that container to be able to reuse that name.");
        }
    }

    public bool TryReserveName(string name, string id) => OwnerOrReserve(name, id) is null;

    public void ReleaseName(string name, string id)
    {
        lock (_nameGate)
        {
            if (_names.TryGetValue(name, out string? owner) && owner == id)
            {
                _names.Remove(name);
            }
        }
    }

    /// <summary>Adds a container whose name has been reserved.</summary>
    public void Add(Container container) => _containers[container.Id] = container;

    public void Remove(Container container)
    {
        _containers.TryRemove(container.Id, out _);
        ReleaseName(container.Record.Name, container.Id);
    }

    private static string Plain(string name) => name.StartsWith('/') ? name[1..] : name;

    private string? OwnerOrReserve(string name, string id)
    {
        lock (_nameGate)
        {
            return _names.TryAdd(name, id) ? null : _names[name];
        }
    }

    private Container? FindByPrefix(string prefix)
    {
        Container? found = null;
        foreach ((string id, Container container) in _containers)
        {
            if (id.StartsWith(prefix, StringComparison.Ordinal))
            {
                found = found is null
                    ? container
                    : throw EngineException.InvalidParameter($"multiple IDs found with provided prefix: {prefix}");
            }
        }

        return found;
    }
}
