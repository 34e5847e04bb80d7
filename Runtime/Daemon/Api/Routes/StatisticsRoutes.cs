using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Api.Routes;

/// <summary><c>/containers/{id}/stats</c></summary>
internal sealed class StatisticsRoutes(ContainerService containers) : IRouteModule
{
    public void Register(RouteTable routes) => routes.Map("GET", "/containers/{id}/stats", StatisticsAsync);

    private async Task StatisticsAsync(ApiContext context)
    {
        bool stream = context.QueryBool("stream", absent: true);
        bool oneShot = context.VersionAtLeast(1, 41) && context.QueryBool("one-shot");
        if (stream && oneShot)
        {
            throw EngineException.InvalidParameter("cannot have stream=true and one-shot=true");
        }

        if (!stream)
        {
            ContainerStats sample = oneShot ? containers.Statistics(context["id"]) : await containers.NextStatisticsAsync(context["id"], context.Aborted);
            await context.WriteJsonAsync(200, sample);
            return;
        }

        IAsyncEnumerable<ContainerStats> samples = containers.FollowStatisticsAsync(context["id"], context.Aborted);
        await context.StartStreamAsync();
        await foreach (ContainerStats sample in samples)
        {
            await context.WriteMessageAsync(sample);
        }
    }
}
