namespace Rtd.Daemon.Api;

/// <summary>One area of the API (containers, images, networks …): its route table is its <see cref="Register"/> method.</summary>
internal interface IRouteModule
{
    void Register(RouteTable routes);
}
