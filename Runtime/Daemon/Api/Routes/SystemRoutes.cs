using System.Globalization;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Events;
using Rtd.Daemon.Startup;

namespace Rtd.Daemon.Api.Routes;

/// <summary>The engine as a whole: info, events, and what it does not have.</summary>
internal sealed class SystemRoutes(SystemInfoSource info, EventBus events) : IRouteModule
{
    public void Register(RouteTable routes)
    {
        routes.Map("GET", "/info", context => context.WriteJsonAsync(200, info.Gather()));
        routes.Map("GET", "/events", EventsAsync);
        routes.Map("GET", "/plugins", context => context.WriteJsonAsync(200, Array.Empty<object>()));
        MapUnavailable(routes);
    }

    /// <summary>What this engine does not have is said to be so; a page not found would send people looking for a typing error.</summary>
    private static void MapUnavailable(RouteTable routes)
    {
        foreach (string template in new[] { "/session", "/grpc" })
        {
            routes.Map("POST", template, Refuse("BuildKit is not available in rtd: use the classic builder (DOCKER_BUILDKIT=0)"));
        }

        foreach (string template in new[] { "/plugins/pull", "/plugins/create", "/plugins/{name}/{verb}" })
        {
            routes.Map("POST", template, Refuse("plugins are not available in rtd"));
        }

        routes.Map("GET", "/plugins/privileges", Refuse("plugins are not available in rtd"));
        routes.Map("DELETE", "/plugins/{name}", Refuse("plugins are not available in rtd"));
        routes.Map("GET", "/plugins/{name:*}/json", context => throw EngineException.NotFound($"plugin \"{context["name"]}\" not found"));
        MapSwarm(routes);
    }

    private static void MapSwarm(RouteTable routes)
    {
        RouteHandler noManager = Throw(
            ErrorKind.Unavailable,
            "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.");
        routes.Map("POST", "/swarm/init", Throw(ErrorKind.Unavailable, "swarm mode is not available in rtd"));
        routes.Map("POST", "/swarm/join", Throw(ErrorKind.Unavailable, "swarm mode is not available in rtd"));
        routes.Map("POST", "/swarm/leave", Throw(ErrorKind.Unavailable, "This node is not part of a swarm"));
        routes.Map("GET", "/swarm", noManager);
        routes.Map("GET", "/swarm/unlockkey", noManager);
        routes.Map("POST", "/swarm/{verb}", noManager);
        foreach (string kind in new[] { "/nodes", "/services", "/tasks", "/secrets", "/configs" })
        {
            routes.Map("GET", kind, noManager);
            foreach (string method in new[] { "GET", "POST", "DELETE" })
            {
                routes.Map(method, kind + "/{rest:*}", noManager);
            }
        }
    }

    private static RouteHandler Refuse(string message) => Throw(ErrorKind.NotImplemented, message);

    private static RouteHandler Throw(ErrorKind kind, string message) => _ => throw new EngineException(kind, message);

    /// <summary>Seconds since 1970, RFC 3339, or a duration back from now; the docker command sends the first whatever its user writes.</summary>
    private static DateTime? EventTime(ApiContext context, string name) =>
        context.Query(name) is { Length: > 0 } text ? Timestamps.ParseFilter(text, DateTimeOffset.UtcNow).UtcDateTime : null;

    private async Task EventsAsync(ApiContext context)
    {
        DateTime? since = EventTime(context, "since");
        DateTime? until = EventTime(context, "until");
        if (since > until)
        {
            throw EngineException.InvalidParameter("since cannot be after until");
        }

        // A past "until" asks for what is remembered, from the beginning if no "since" is given.
        bool onlyPast = until <= DateTime.UtcNow;
        EventFilter filter = new(QueryFilters.Parse(context.Query("filters")));
        using EventSubscription subscription = events.Subscribe(filter, since ?? (until is null ? null : DateTime.UnixEpoch));
        await context.StartStreamAsync();
        foreach (EngineEvent happened in subscription.Past.Where(happened => until is null || happened.Time <= until))
        {
            await context.WriteMessageAsync(new EventMessage(happened));
        }

        if (!onlyPast)
        {
            await FollowAsync(context, subscription, until);
        }
    }

    private static async Task FollowAsync(ApiContext context, EventSubscription subscription, DateTime? until)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.Aborted);
        if (until is not null)
        {
            TimeSpan left = until.Value - DateTime.UtcNow;
            end.CancelAfter(left < TimeSpan.Zero ? TimeSpan.Zero : left.TotalDays > 40 ? Timeout.InfiniteTimeSpan : left);
        }

        try
        {
            await foreach (EngineEvent happened in subscription.Events.ReadAllAsync(end.Token))
            {
                await context.WriteMessageAsync(new EventMessage(happened));
            }
        }
        catch (OperationCanceledException) when (!context.Aborted.IsCancellationRequested)
        {
            // "until" has come: the stream ends as it should.
            await context.ResponseBody.FlushAsync(context.Aborted);
        }
    }
}
