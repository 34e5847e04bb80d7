using System.Collections.Frozen;
using Rtd.Daemon.Metrics;

namespace Rtd.Daemon.Api;

/// <summary>Which requests are an action of the metrics: counted here, where all of them pass.</summary>
internal static class ActionTimes
{
    private const string Build = "POST /build";

    private static readonly FrozenDictionary<string, (Histogram Histogram, string Action)> s_actions = new Dictionary<string, (Histogram, string)>
    {
        ["GET /containers/{id}/changes"] = (EngineMetrics.ContainerActions, "changes"),
        ["POST /commit"] = (EngineMetrics.ContainerActions, "commit"),
        ["POST /containers/create"] = (EngineMetrics.ContainerActions, "create"),
        ["DELETE /containers/{id:*}"] = (EngineMetrics.ContainerActions, "delete"),
        ["POST /containers/{id}/kill"] = (EngineMetrics.ContainerActions, "kill"),
        ["POST /containers/{id}/restart"] = (EngineMetrics.ContainerActions, "restart"),
        ["POST /containers/{id}/start"] = (EngineMetrics.ContainerActions, "start"),
        ["POST /containers/{id}/stop"] = (EngineMetrics.ContainerActions, "stop"),
        ["DELETE /images/{name:*}"] = (EngineMetrics.ImageActions, "delete"),
        ["POST /images/load"] = (EngineMetrics.ImageActions, "load"),
        ["POST /images/create"] = (EngineMetrics.ImageActions, "pull"),
        ["POST /images/{name:*}/push"] = (EngineMetrics.ImageActions, "push"),
        ["GET /images/get"] = (EngineMetrics.ImageActions, "save"),
        ["GET /images/{name:*}/get"] = (EngineMetrics.ImageActions, "save"),
        ["POST /images/{name:*}/tag"] = (EngineMetrics.ImageActions, "tag"),
        ["POST /networks/{id}/connect"] = (EngineMetrics.NetworkActions, "connect"),
        ["POST /networks/create"] = (EngineMetrics.NetworkActions, "create"),
        ["DELETE /networks/{id}"] = (EngineMetrics.NetworkActions, "delete"),
        ["POST /networks/{id}/disconnect"] = (EngineMetrics.NetworkActions, "disconnect"),
        ["GET /info"] = (EngineMetrics.HostInformation, "system_info"),
        ["GET /version"] = (EngineMetrics.HostInformation, "system_version"),
    }.ToFrozenDictionary();

    /// <summary>Every action that is counted, for a test that the routes exist.</summary>
    public static IEnumerable<string> Routes => s_actions.Keys;

    /// <summary>A request has been served without an error.</summary>
    /// <param name="began">Of <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>.</param>
    public static void Succeeded(Route route, long began)
    {
        string key = $"{route.Method} {route.Template}";
        if (s_actions.TryGetValue(key, out (Histogram Histogram, string Action) action))
        {
            action.Histogram.Since(action.Action, began);
        }
        else if (key == Build)
        {
            EngineMetrics.BuildsTriggered.Add();
        }
    }

    public static void Failed(Route route)
    {
        if (route is { Method: "POST", Template: "/build" })
        {
            EngineMetrics.BuildsTriggered.Add();
            EngineMetrics.BuildsFailed.Add();
        }
    }
}
