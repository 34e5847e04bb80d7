using Rtd.Daemon.Api;
using Rtd.Daemon.Configuration;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Startup;

/// <summary>dockerd's debug endpoints, which are there only while <c>debug</c> is on; of what they show, what a native .NET program has.</summary>
internal sealed class DebugRoutes(RunningConfig running, StateDump dump, Func<IEnumerable<string>> parts) : IRouteModule
{
    public void Register(RouteTable routes)
    {
        routes.Map("GET", "/debug/vars", context => WhenOn(() => context.WriteJsonAsync(200, Variables())));
        routes.Map("GET", "/debug/state", context => WhenOn(() => context.WriteTextAsync(200, dump.Describe(parts))));
        foreach (string template in new[] { "/debug/pprof", "/debug/pprof/{profile:*}" })
        {
            routes.Map("GET", template, _ => WhenOn(() => throw new EngineException(
                ErrorKind.NotImplemented, "profiles of Go's runtime are not available in rtd: /debug/state says what the daemon is doing, and SIGUSR1 writes it to a file")));
        }
    }

    private Task WhenOn(Func<Task> answer) => running.Current.Debug ? answer() : throw EngineException.NotFound("page not found");

    /// <summary>After Go's expvar: cmdline has that name there, the memory's numbers have their own.</summary>
    private static Dictionary<string, object> Variables() => new()
    {
        ["cmdline"] = Environment.GetCommandLineArgs(),
        ["memory"] = new Dictionary<string, object>
        {
            ["heap_bytes"] = GC.GetTotalMemory(forceFullCollection: false),
            ["committed_bytes"] = GC.GetGCMemoryInfo().TotalCommittedBytes,
            ["allocated_bytes"] = GC.GetTotalAllocatedBytes(),
            ["collections"] = GC.CollectionCount(0),
            ["paused_seconds"] = GC.GetTotalPauseDuration().TotalSeconds,
        },
    };
}
