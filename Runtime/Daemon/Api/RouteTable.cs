namespace Rtd.Daemon.Api;

/// <summary>All routes of the API, under their unversioned templates (<c>/containers/{id}/json</c>; <c>{name:*}</c> spans slashes, for image names).</summary>
internal sealed partial class RouteTable
{
    public void Map(string method, string template, RouteHandler handler) => Add(new Route(method, template, handler, null));

    public void MapHijack(string method, string template, HijackHandler handler) => Add(new Route(method, template, null, handler));
}
