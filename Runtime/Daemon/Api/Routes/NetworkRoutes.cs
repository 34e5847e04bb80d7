using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Api.Routes;

/// <summary>Networks: made, shown, removed, and containers connected to them.</summary>
internal sealed class NetworkRoutes(NetworkService networks, ContainerService containers) : IRouteModule
{
    public void Register(RouteTable routes)
    {
        routes.Map("GET", "/networks", List);
        routes.Map("GET", "/networks/{id}", Inspect);
        routes.Map("POST", "/networks/create", CreateAsync);
        routes.Map("POST", "/networks/prune", PruneAsync);
        routes.Map("POST", "/networks/{id}/connect", ConnectAsync);
        routes.Map("POST", "/networks/{id}/disconnect", DisconnectAsync);
        routes.Map("DELETE", "/networks/{id}", RemoveAsync);
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

    private async Task CreateAsync(ApiContext context)
    {
        NetworkCreateRequest request = await context.ReadJsonAsync<NetworkCreateRequest>();
        NetworkRecord made = await networks.CreateAsync(request.ToRecord(networks.HasIPv6ByDefault(request.Driver, request.Options ?? [])));
        await context.WriteJsonAsync(201, new NetworkCreateResponse { Id = made.Id });
    }

    private async Task PruneAsync(ApiContext context)
    {
        IReadOnlyList<string> removed = await networks.PruneAsync(context.Query("filters"));
        await context.WriteJsonAsync(200, new NetworkPruneReport { NetworksDeleted = [.. removed] });
    }

    private async Task RemoveAsync(ApiContext context)
    {
        await networks.RemoveAsync(context["id"]);
        await context.WriteEmptyAsync(204);
    }

    private async Task ConnectAsync(ApiContext context)
    {
        NetworkConnectRequest request = await context.ReadJsonAsync<NetworkConnectRequest>();
        NetworkRecord network = networks.Find(context["id"]).Record;
        await containers.ConnectAsync(request.Container, network, request.EndpointConfig ?? new EndpointSettings());
        networks.PublishEndpoint("connect", network, containers.Get(request.Container).Id);
        await context.WriteEmptyAsync(200);
    }

    private async Task DisconnectAsync(ApiContext context)
    {
        NetworkDisconnectRequest request = await context.ReadJsonAsync<NetworkDisconnectRequest>();
        NetworkRecord network = networks.Find(context["id"]).Record;
        if (request.Force && !containers.Exists(request.Container))
        {
            // A container that is gone may have left its place: that can be cleared by its name.
            await networks.ForgetAsync(network, request.Container);
        }
        else
        {
            string id = containers.Get(request.Container).Id;
            await containers.DisconnectAsync(request.Container, network);
            networks.PublishEndpoint("disconnect", network, id);
        }

        await context.WriteEmptyAsync(200);
    }
}
