namespace Rtd.Daemon.Api;

internal sealed partial class RouteTable
{
    private readonly List<Route> _routes = [];

    private void Add(Route route) => _routes.Add(route);
}
