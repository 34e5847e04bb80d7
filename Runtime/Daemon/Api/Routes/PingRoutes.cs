using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Startup;

namespace Rtd.Daemon.Api.Routes;

/// <summary>What says that the daemon is there, and which one: answered before it is ready for anything else.</summary>
internal sealed class PingRoutes(SystemChecks checks) : IRouteModule
{
    public void Register(RouteTable routes)
    {
        routes.Map("GET", "/_ping", PingAsync);
        routes.Map("HEAD", "/_ping", PingAsync);
        routes.Map("GET", "/version", VersionAsync);
    }

    private static Task PingAsync(ApiContext context)
    {
        IHeaderDictionary headers = context.Http.Response.Headers;
        headers.CacheControl = "no-cache, no-store, must-revalidate";
        headers.Pragma = "no-cache";
        headers["Builder-Version"] = "1";
        headers["Swarm"] = "inactive";
        return context.WriteTextAsync(200, context.Http.Request.Method == "HEAD" ? "" : "OK");
    }

    private Task VersionAsync(ApiContext context)
    {
        string kernel = checks.KernelRelease;
        string architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64";
        string runtime = RuntimeInformation.FrameworkDescription;
        string built = ProductVersion.BuildTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff00+00:00", CultureInfo.InvariantCulture);
        ComponentVersion engine = new("Engine", ProductVersion.Number, new Dictionary<string, string>
        {
            ["ApiVersion"] = ApiVersion.Newest,
            ["Arch"] = architecture,
            ["BuildTime"] = built,
            ["Experimental"] = "false",
            ["GitCommit"] = ProductVersion.Commit,
            ["GoVersion"] = runtime,
            ["KernelVersion"] = kernel,
            ["MinAPIVersion"] = ApiVersion.Oldest,
            ["Os"] = "linux",
        });
        ComponentVersion init = new("rtinit", ProductVersion.Number, new Dictionary<string, string> { ["GitCommit"] = ProductVersion.Commit });
        return context.WriteJsonAsync(200, new SystemVersion
        {
            Platform = new PlatformName("rtd"),
            Components = [engine, init],
            Version = ProductVersion.Number,
            ApiVersion = ApiVersion.Newest,
            MinAPIVersion = ApiVersion.Oldest,
            GitCommit = ProductVersion.Commit,
            GoVersion = runtime,
            Os = "linux",
            Arch = architecture,
            KernelVersion = kernel,
            BuildTime = built,
        });
    }
}
