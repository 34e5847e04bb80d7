namespace Rtd.Daemon.Api;

/// <summary>The parts of a request line's target, still escaped.</summary>
internal static class RequestTarget
{
    /// <summary>The path of an origin-form (<c>/info?x</c>) or absolute-form (<c>http://docker/info?x</c>) target.</summary>
    public static string Path(string target)
    {
        string origin = Origin(target);
        int query = origin.IndexOf('?');
        return query < 0 ? origin : origin[..query];
    }

    /// <summary>The query with its question mark, or the empty string.</summary>
    public static string Query(string target)
    {
        int query = target.IndexOf('?');
        return query < 0 ? "" : target[query..];
    }

    private static string Origin(string target)
    {
        int authority = target.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7
            : target.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8 : -1;
        if (authority < 0)
        {
            return target;
        }

        int path = target.IndexOfAny(['/', '?'], authority);
        return path < 0 ? "/" : target[path] == '/' ? target[path..] : "/" + target[path..];
    }
}
