namespace Rtd.Daemon.Builds.Dockerfiles.Arguments;

/// <summary>The ARGs that need no declaration, and without one stay out of the history and the cache's keys.</summary>
internal static class ProxyArguments
{
    private static readonly HashSet<string> s_names =
    [
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy",
    ];

    public static bool Has(string name) => s_names.Contains(name);
}
