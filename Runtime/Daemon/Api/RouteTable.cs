namespace Rtd.Daemon.Api;

/// <summary>All routes of the API, under their unversioned templates (<c>/containers/{id}/json</c>; <c>{name:*}</c> spans slashes, for image names).</summary>
internal sealed partial class RouteTable
{
    /// <summary>
    /// Has the routes that this table has not, once they can be served: at its start the daemon says at once that it is there, and what else is asked
    /// of it waits until it has put itself together and taken up the containers of the daemon before it.
    /// </summary>
    public Task<RouteTable>? Rest { get; set; }

    public void Map(string method, string template, RouteHandler handler) => Add(new Route(method, template, handler, null));

    public void MapHijack(string method, string template, HijackHandler handler) => Add(new Route(method, template, null, handler));

    /// <summary>As <see cref="Match"/>, also in the rest.</summary>
    public async ValueTask<RouteMatch> FindAsync(string method, string path)
    {
        RouteMatch match = Match(method, path);
        return match.Route is not null || Rest is null ? match : await (await Rest).FindAsync(method, path);
    }
}
