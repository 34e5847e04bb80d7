using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Volumes;

namespace Rtd.Daemon.Api.Routes;

/// <summary><c>/volumes</c></summary>
internal sealed class VolumeRoutes(VolumeService volumes) : IRouteModule
{
    public void Register(RouteTable routes)
    {
        routes.Map("GET", "/volumes", async context => await context.WriteJsonAsync(200, await volumes.ListAsync(context.Query("filters"))));
        routes.Map("POST", "/volumes/create", CreateAsync);
        routes.Map("POST", "/volumes/prune", PruneAsync);
        routes.Map("GET", "/volumes/{name}", async context => await context.WriteJsonAsync(200, await volumes.InspectAsync(context["name"])));
        routes.Map("PUT", "/volumes/{name}", context => throw new EngineException(ErrorKind.Unavailable, "this node is not a swarm manager"));
        routes.Map("DELETE", "/volumes/{name}", RemoveAsync);
    }

    private async Task CreateAsync(ApiContext context)
    {
        VolumeCreateRequest request = await context.ReadJsonAsync<VolumeCreateRequest>();
        await context.WriteJsonAsync(201, await volumes.CreateAsync(request));
    }

    private async Task RemoveAsync(ApiContext context)
    {
        await volumes.RemoveAsync(context["name"], context.QueryBool("force"));
        await context.WriteEmptyAsync(204);
    }

    /// <summary>Before API 1.42 a prune took named volumes too.</summary>
    private async Task PruneAsync(ApiContext context) =>
        await context.WriteJsonAsync(200, await volumes.PruneAsync(context.Query("filters"), namedToo: !context.VersionAtLeast(1, 42)));
}
