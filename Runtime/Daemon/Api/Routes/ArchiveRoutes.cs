using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers;

namespace Rtd.Daemon.Api.Routes;

/// <summary><c>/containers/{id}/archive</c>: what <c>docker cp</c> is made of.</summary>
internal sealed class ArchiveRoutes(ContainerService containers) : IRouteModule
{
    private const string StatHeader = "X-Docker-Container-Path-Stat";

    public void Register(RouteTable routes)
    {
        routes.Map("HEAD", "/containers/{id}/archive", StatAsync);
        routes.Map("GET", "/containers/{id}/archive", ReadAsync);
        routes.Map("PUT", "/containers/{id}/archive", WriteAsync);
    }

    private async Task StatAsync(ApiContext context)
    {
        SetStat(context, await containers.StatPathAsync(context["id"], context.Query("path")));
        await context.WriteEmptyAsync(200);
    }

    private Task ReadAsync(ApiContext context) => containers.ReadArchiveAsync(
        context["id"],
        context.Query("path"),
        stat =>
        {
            SetStat(context, stat);
            return context.StartStreamAsync(contentType: "application/x-tar");
        },
        context.Aborted);

    private async Task WriteAsync(ApiContext context)
    {
        await containers.WriteArchiveAsync(
            context["id"],
            context.Query("path"),
            context.QueryBool("noOverwriteDirNonDir"),
            context.QueryBool("copyUIDGID"),
            context.RequestBody,
            context.Aborted);
        await context.WriteEmptyAsync(200);
    }

    private static void SetStat(ApiContext context, ContainerPathStat stat) =>
        context.Http.Response.Headers[StatHeader] = Convert.ToBase64String(Json.Encode(stat));
}
