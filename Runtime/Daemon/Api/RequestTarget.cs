using System.Collections.Frozen;

namespace Rtd.Daemon.Api;

/// <summary>The parts of a request line's target, still escaped.</summary>
internal static class RequestTarget
{
    private static readonly FrozenSet<string> s_harmless = FrozenSet.Create(
        "all", "condition", "detachKeys", "details", "dangling", "digests", "filters", "follow", "force", "forcerm", "fromImage", "h", "interval", "limit", "link", "logs", "manifests", "name",
        "names", "noOverwriteDirNonDir", "copyUIDGID", "noprune", "one-shot", "path", "pause", "platform", "ps_args", "quiet", "repo", "rm", "scope", "shared-size", "signal", "since", "size",
        "stderr", "stdin", "stdout", "stream", "t", "tag", "tail", "term", "timestamps", "type", "until", "v", "verbose", "version", "w");

    /// <summary>The path of an origin-form (<c>/info?x</c>) or absolute-form (<c>http://docker/info?x</c>) target.</summary>
    public static string Path(string target)
    {
        string origin = Origin(target);
        int query = origin.IndexOf('?');
        return query < 0 ? origin : origin[..query];
    }

    /// <summary>The target as it may be logged: values of parameters that are not known to be harmless are left out. Build arguments and URLs carry passwords.</summary>
    public static string Loggable(string target)
    {
        string query = Query(target);
        return query.Length == 0 ? Path(target) : Path(target) + "?" + string.Join('&', query[1..].Split('&').Select(LoggablePair));
    }

    private static string LoggablePair(string pair)
    {
        int equals = pair.IndexOf('=');
        return equals < 0 || s_harmless.Contains(pair[..equals]) ? pair : pair[..equals] + "=…";
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
