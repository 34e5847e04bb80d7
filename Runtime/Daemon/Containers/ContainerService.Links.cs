using Rtd.Daemon.Containers.Linking;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    /// <summary>Takes a link away, named <c>parent/alias</c>; both containers stay. What the parent has been told of it stays until its next start.</summary>
    public async Task RemoveLinkAsync(string name)
    {
        string[] parts = name.Trim('/').Split('/');
        if (parts is not [var parent, var alias])
        {
            _store.Get(name);
            throw EngineException.Conflict("Conflict, cannot remove the default link name of the container");
        }

        (Container container, AsyncLock.Holder holder) = await EnterAsync(parent);
        using (holder)
        {
            ContainerRecord record = container.Record;
            List<ContainerLink> left = record.Links.FindAll(link => link.Alias != alias);
            if (left.Count == record.Links.Count)
            {
                throw EngineException.NotFound($"No such container: {name}");
            }

            ContainerRecord unlinked = record with { Links = left };
            _files.Save(unlinked);
            container.SetRecord(unlinked);
        }
    }

    /// <summary>What containers are called by others that are linked to them: <c>/parent/alias</c>, by id.</summary>
    private ILookup<string, string> LinkNames() => _store.All
        .SelectMany(parent => parent.Record.Links.Select(link => (link.TargetId, Name: $"/{parent.Record.Name}/{link.Alias}")))
        .ToLookup(link => link.TargetId, link => link.Name);

    /// <summary>Those with nothing to wait for first; each round after what it shares a namespace with or is linked to.</summary>
    private List<List<Container>> InOrderOfDependence(IEnumerable<Container> containers)
    {
        List<Container> left = [.. containers];
        List<List<Container>> rounds = [];
        while (left.Count > 0)
        {
            HashSet<string> waiting = [.. left.Select(container => container.Id)];
            ILookup<bool, Container> byTurn = left.ToLookup(container => ContainerLinks.Dependences(container.Record, _store).Any(waiting.Contains));
            List<Container> round = [.. byTurn[false]];
            rounds.Add(round.Count > 0 ? round : left); // in a ring nobody is first
            left = round.Count > 0 ? [.. byTurn[true]] : [];
        }

        return rounds;
    }
}
