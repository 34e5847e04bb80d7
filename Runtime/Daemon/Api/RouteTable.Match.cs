using System.Collections.Frozen;

namespace Rtd.Daemon.Api;

internal sealed partial class RouteTable
{
    private static readonly IReadOnlyDictionary<string, string> s_noValues = FrozenDictionary<string, string>.Empty;

    /// <summary>Candidates by method and first segment, the most specific first.</summary>
    private readonly Dictionary<(string Method, string First), List<(RouteTemplate Template, Route Route)>> _routes = [];

    /// <summary>Finds the route of a request.</summary>
    /// <param name="method">Compared exactly: as with dockerd, HEAD is served only where it is mapped, and a known path with another method is not found.</param>
    /// <param name="path">The escaped path, without a query.</param>
    public RouteMatch Match(string method, string path)
    {
        string[] segments = path.Split('/');
        if (segments is not ["", ..])
        {
            return new RouteMatch(null, null, s_noValues);
        }

        string? version = segments.Length > 2 && IsVersion(segments[1]) ? segments[1][1..] : null;
        ReadOnlySpan<string> pieces = segments.AsSpan(version is null ? 1 : 2);
        if (pieces.Length > 0 && _routes.TryGetValue((method, pieces[0]), out var candidates))
        {
            foreach ((RouteTemplate template, Route route) in candidates)
            {
                if (template.Match(pieces) is { } values)
                {
                    return new RouteMatch(route, version, values);
                }
            }
        }

        return new RouteMatch(null, version, s_noValues);
    }

    private static bool IsVersion(string segment) =>
        segment.Length > 1 && segment[0] == 'v' && segment.AsSpan(1).IndexOfAnyExcept("0123456789.") < 0;

    private void Add(Route route)
    {
        string first = route.Template.TrimStart('/').Split('/')[0];
        if (!_routes.TryGetValue((route.Method, first), out var candidates))
        {
            _routes[(route.Method, first)] = candidates = [];
        }

        RouteTemplate template = new(route.Template);
        int place = candidates.FindIndex(other => template.CompareSpecificity(other.Template) < 0);
        candidates.Insert(place < 0 ? candidates.Count : place, (template, route));
    }
}
