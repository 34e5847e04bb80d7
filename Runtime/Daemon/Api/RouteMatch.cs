namespace Rtd.Daemon.Api;

/// <summary>What a request's method and path lead to.</summary>
/// <param name="Route">Null for a page that is not there.</param>
/// <param name="VersionText">The digits of the path's <c>/v1.NN</c>, or null without one.</param>
/// <param name="Values">Unescaped route values.</param>
internal readonly record struct RouteMatch(Route? Route, string? VersionText, IReadOnlyDictionary<string, string> Values);
