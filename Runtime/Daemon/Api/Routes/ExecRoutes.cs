using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers;

namespace Rtd.Daemon.Api.Routes;

/// <summary><c>/exec</c>, and the creation of execs.</summary>
internal sealed class ExecRoutes(ContainerService containers) : IRouteModule
{
    public void Register(RouteTable routes)
    {
        routes.Map("POST", "/containers/{id}/exec", CreateAsync);
        routes.Map("GET", "/exec/{id}/json", context => context.WriteJsonAsync(200, containers.InspectExec(context["id"])));
        routes.Map("POST", "/exec/{id}/resize", ResizeAsync);
        routes.MapHijack("POST", "/exec/{id}/start", StartAsync);
    }

    private async Task CreateAsync(ApiContext context)
    {
        ExecCreateRequest request = await context.ReadJsonAsync<ExecCreateRequest>();
        OlderRequests.Adapt(request, context);
        await context.WriteJsonAsync(201, new IdResponse { Id = containers.CreateExec(context["id"], request) });
    }

    private async Task ResizeAsync(ApiContext context)
    {
        (ushort height, ushort width) = ContainerRoutes.Size(context);
        await containers.ResizeExecAsync(context["id"], height, width, context.Aborted);
        await context.WriteEmptyAsync(200);
    }

    private async Task StartAsync(HijackContext context)
    {
        ExecStartRequest start = await context.ReadJsonAsync<ExecStartRequest>();
        if (start.Detach)
        {
            await containers.StartExecDetachedAsync(context["id"], start);
            await context.RespondAsync(200, null);
        }
        else
        {
            await containers.StartExecAsync(context["id"], start, context);
        }
    }
}
