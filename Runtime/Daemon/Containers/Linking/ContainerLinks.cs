using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Containers.Linking;

/// <summary>Links between containers of the default bridge, from their names at create to running containers at start.</summary>
internal static class ContainerLinks
{
    /// <summary>What <c>--link</c> asks for. On networks of users a link is a name for the resolver alone, and the target need not be there.</summary>
    public static List<ContainerLink> Resolve(HostConfig host, ContainerStore store)
    {
        List<ContainerLink> links = [];
        if (NetworkMode.Parse(host.NetworkMode) is not { Kind: NetworkModeKind.Network, Name: NetworkMode.Bridge })
        {
            return links;
        }

        foreach ((string target, string alias) in (host.Links ?? []).Select(LinkSpecs.Parse))
        {
            Container found = FindTarget(target, store);
            if (!links.Exists(known => known.Alias == alias))
            {
                links.Add(new ContainerLink(found.Id, alias));
            }
        }

        return links;
    }

    /// <summary>The targets of a container that is about to start; those removed meanwhile are passed over, as with Docker.</summary>
    public static IReadOnlyList<LinkedContainer> Running(ContainerRecord record, ContainerStore store)
    {
        List<LinkedContainer> linked = [];
        if (!record.Endpoints.ContainsKey(NetworkMode.Bridge))
        {
            return linked;
        }

        foreach (ContainerLink link in record.Links)
        {
            if (store.Find(link.TargetId) is { } target)
            {
                linked.Add(Running(record, link, target));
            }
        }

        return linked;
    }

    /// <summary>As <see cref="Running(ContainerRecord, ContainerStore)"/>, without those that do not run: for an exec, which can do without.</summary>
    public static IReadOnlyList<LinkedContainer> RunningOnly(ContainerRecord record, ContainerStore store)
    {
        List<LinkedContainer> linked = [];
        foreach (ContainerLink link in record.Links)
        {
            if (store.Find(link.TargetId) is { } target && PlaceOf(target) is { } place)
            {
                linked.Add(new LinkedContainer(link.Alias, target.Record, place));
            }
        }

        return linked;
    }

    /// <summary>Ids of containers that have to run before this one can.</summary>
    public static IEnumerable<string> Dependences(ContainerRecord record, ContainerStore store)
    {
        HostConfig host = record.HostConfig;
        NetworkMode mode = NetworkMode.Parse(host.NetworkMode);
        string?[] shared = [mode.Kind == NetworkModeKind.Container ? mode.Name : null, CreateRules.PidContainer(host), CreateRules.IpcContainer(host)];
        return record.Links.Select(link => link.TargetId).Concat(shared.OfType<string>().Select(name => store.Find(name)?.Id).OfType<string>());
    }

    /// <summary>A container's place on the default bridge, or null.</summary>
    public static IEndpoint? PlaceOf(Container container) =>
        container.Run?.Network?.Endpoints.FirstOrDefault(endpoint => endpoint.NetworkName == NetworkMode.Bridge);

    private static LinkedContainer Running(ContainerRecord record, ContainerLink link, Container target)
    {
        ContainerRecord other = target.Record;
        if (!other.Endpoints.ContainsKey(NetworkMode.Bridge))
        {
            throw EngineException.System($"Cannot link to /{other.Name}, as it does not belong to the default network");
        }

        return PlaceOf(target) is { } place
            ? new LinkedContainer(link.Alias, other, place)
            : throw EngineException.System($"Cannot link to a non running container: /{other.Name} AS /{record.Name}/{link.Alias}");
    }

    /// <summary>The container whose network is meant: of one that shares another's, that other.</summary>
    private static Container FindTarget(string name, ContainerStore store)
    {
        Container target = FindOne(name, store);
        while (NetworkMode.Parse(target.Record.HostConfig.NetworkMode) is { Kind: NetworkModeKind.Container } mode)
        {
            target = FindOne(mode.Name, store);
        }

        return NetworkMode.Parse(target.Record.HostConfig.NetworkMode).Kind == NetworkModeKind.Host
            ? throw EngineException.InvalidParameter(CreateRules.HostNetworkAndLinks)
            : target;
    }

    /// <summary>Not "not found": to that answer of a create, docker run pulls the image.</summary>
    private static Container FindOne(string name, ContainerStore store) =>
        store.Find(name) ?? throw EngineException.InvalidParameter($"could not get container for {name}: No such container: {name}");
}
