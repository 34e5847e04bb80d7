using System.Globalization;
using System.Text.Json.Nodes;
using Rtd.Client.Containers;
using Rtd.Client.Engine;
using Rtd.Client.Json;

namespace Rtd.Client.Builds;

/// <summary>The query of POST /build.</summary>
internal static class BuildRequest
{
    public static string Path(ClientContext context, ImageBuildOptions options, BuildSource source)
    {
        BuildOptions build = options.Build;
        QueryString query = new QueryString("/build").Add("dockerfile", source.Dockerfile).Add("remote", source.Remote);
        foreach (string tag in build.Tags)
        {
            query.Add("t", tag);
        }

        query.Add("q", build.Quiet).Add("nocache", build.NoCache).Add("pull", build.Pull).Add("forcerm", build.ForceRemove)
            .Add("rm", build.Remove == false ? "0" : "1").Add("target", build.Target).Add("platform", build.Platform?.ToLowerInvariant())
            .Add("buildargs", Text(Arguments(context, build))).Add("labels", Text(JsonLists.Map(build.Labels))).Add("cachefrom", Text(JsonLists.Of(build.CacheFrom)));
        AddLimits(query, options.Limits);
        return query.Add("version", "1").ToString();
    }

    private static void AddLimits(QueryString query, BuildLimitOptions limits)
    {
        foreach (string option in limits.SecurityOptions)
        {
            query.Add("securityopt", option);
        }

        foreach (string host in limits.Hosts)
        {
            query.Add("extrahosts", host);
        }

        query.Add("networkmode", limits.Network == "default" ? "" : limits.Network).Add("isolation", limits.Isolation)
            .Add("cgroupparent", limits.CgroupParent).Add("cpusetcpus", limits.CpusetCpus).Add("cpusetmems", limits.CpusetMems)
            .Add("cpushares", Text(limits.CpuShares)).Add("cpuquota", Text(limits.CpuQuota)).Add("cpuperiod", Text(limits.CpuPeriod))
            .Add("memory", Text(limits.Memory)).Add("memswap", Text(limits.MemorySwap)).Add("shmsize", Text(limits.ShmSize));
        JsonArray ulimits = JsonLists.Of(limits.Ulimits.Select(UlimitFlag.Parse));
        query.Add("ulimits", ulimits.Count > 0 ? ulimits.ToJsonString() : "");
    }

    /// <summary>Those given, and the proxies of config.json that are not; null is for the Dockerfile's default.</summary>
    private static JsonObject Arguments(ClientContext context, BuildOptions options)
    {
        JsonObject arguments = [];
        foreach (string argument in options.BuildArguments)
        {
            int equals = argument.IndexOf('=');
            string name = equals < 0 ? argument : argument[..equals];
            arguments[name] = equals < 0 ? Environment.GetEnvironmentVariable(name) : argument[(equals + 1)..];
        }

        foreach (string proxy in context.Config.ProxyEnvironment(context.Engine.Host.Address))
        {
            int equals = proxy.IndexOf('=');
            if (!arguments.ContainsKey(proxy[..equals]))
            {
                arguments[proxy[..equals]] = proxy[(equals + 1)..];
            }
        }

        return arguments;
    }

    private static string Text(JsonObject map) => map.Count > 0 ? map.ToJsonString() : "";

    private static string Text(JsonArray list) => list.Count > 0 ? list.ToJsonString() : "";

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
