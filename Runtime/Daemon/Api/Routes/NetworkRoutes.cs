using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Api.Routes;

/// <summary>Networks: list and inspect; networks of the user's own are not offered.</summary>
internal sealed class NetworkRoutes(NetworkService networks) : IRouteModule
{
    public void Register(RouteTable routes)
    {
        routes.Map("GET", "/networks", List);
        routes.Map("GET", "/networks/{id}", Inspect);
        routes.Map("POST", "/networks/create", _ => throw NotOffered("user-defined networks are not supported"));
        routes.Map("POST", "/networks/prune", Prune);
        routes.Map("POST", "/networks/{id}/connect", context => Refuse(context, "connecting a container to another network is not supported"));
        routes.Map("POST", "/networks/{id}/disconnect", context => Refuse(context, "disconnecting a container from its network is not supported"));
        routes.Map("DELETE", "/networks/{id}", Remove);
    }

    private Task List(ApiContext context)
    {
        NetworkFilter filter = new(context.Query("filters"));
        bool withContainers = !context.VersionAtLeast(1, 28);
        return context.WriteJsonAsync(200, networks.Networks.Where(filter.Matches).Select(network => NetworkResource.From(network, withContainers)).ToList());
    }

    private Task Inspect(ApiContext context)
    {
        INetwork network = networks.Find(context["id"]);
        return context.Query("scope") is null or "" or "local"
            ? context.WriteJsonAsync(200, NetworkResource.From(network, withContainers: true))
            : throw EngineException.NotFound($"network {context["id"]} not found");
    }

    /// <summary>Only predefined networks exist, and those are never pruned.</summary>
    private static Task Prune(ApiContext context) => context.WriteJsonAsync(200, new NetworkPruneReport());

    private Task Remove(ApiContext context) =>
        throw new EngineException(ErrorKind.Forbidden, $"{networks.Find(context["id"]).Record.Name} is a pre-defined network and cannot be removed");

    private Task Refuse(ApiContext context, string message)
    {
        networks.Find(context["id"]);
        throw NotOffered(message);
    }

    private static EngineException NotOffered(string message) => new(ErrorKind.NotImplemented, message);
}
