using System.Collections.Frozen;

namespace Rtd.Daemon.Api;

/// <summary>All routes of the API, under their unversioned templates (<c>/containers/{id}/json</c>; <c>{name:*}</c> spans slashes, for image names).</summary>
internal sealed partial class RouteTable
{
    /// <summary>What says that the daemon is there, and no more.</summary>
    private static readonly FrozenSet<string> s_atOnce = FrozenSet.Create("/_ping", "/version");

    /// <summary>Other requests wait for it: the containers of the daemon before this one are being taken up.</summary>
    public Task Ready { get; set; } = Task.CompletedTask;

    public void Map(string method, string template, RouteHandler handler) =>
        Add(new Route(method, template, s_atOnce.Contains(template) ? handler : context => WhenReadyAsync(() => handler(context)), null));

    public void MapHijack(string method, string template, HijackHandler handler) =>
        Add(new Route(method, template, null, context => WhenReadyAsync(() => handler(context))));

    private Task WhenReadyAsync(Func<Task> handle)
    {
        return Ready.IsCompletedSuccessfully ? handle() : WaitAsync();
        async Task WaitAsync()
        {
            await Ready;
            await handle();
        }
    }
}
