namespace Rtd.Daemon.Api;

/// <summary>One entry of the route table; exactly one of the handlers is set.</summary>
internal sealed record Route(string Method, string Template, RouteHandler? Handler, HijackHandler? Hijack);
