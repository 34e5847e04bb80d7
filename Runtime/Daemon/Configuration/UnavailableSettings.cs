using System.Collections.Frozen;
using Newtonsoft.Json.Linq;

namespace Rtd.Daemon.Configuration;

/// <summary>dockerd's settings that this engine knows of and does not have: said to be so, rather than taken for a typing error or ignored.</summary>
internal static class UnavailableSettings
{
    private static readonly FrozenSet<string> s_switches = FrozenSet.Create(
        "allow-direct-routing", "cri-containerd", "experimental", "ip-forward-no-drop", "raw-logs", "rootless", "selinux-enabled");

    private static readonly FrozenSet<string> s_values = FrozenSet.Create(
        "api-cors-header", "bridge-accept-fwmark", "cdi-spec-dir", "containerd",
        "containerd-namespace", "containerd-plugins-namespace", "cpu-rt-period", "cpu-rt-runtime",
        "feature", "firewall-backend", "http-proxy", "https-proxy", "init-path",
        "min-api-version", "network-control-plane-mtu", "no-proxy", "node-generic-resource", "swarm-default-advertise-addr",
        "userland-proxy-path");

    private static readonly FrozenSet<string> s_keys = FrozenSet.Create(
        "allow-nondistributable-artifacts", "builder", "cdi-spec-dirs", "cluster-advertise", "cluster-store",
        "cluster-store-opts", "features", "node-generic-resources", "proxies");

    public static bool IsSwitch(string flag) => s_switches.Contains(flag);

    public static bool IsFlag(string flag) => s_switches.Contains(flag) || s_values.Contains(flag);

    public static bool IsKey(string key) => IsFlag(key) || s_keys.Contains(key);

    /// <summary>A key that asks for nothing (false, nothing, or the buildkit switch that every guide tells people to write) does no harm.</summary>
    public static bool IsHarmless(string key, JToken value) => value switch
    {
        { Type: JTokenType.Null } => true,
        { Type: JTokenType.Boolean } flag => !flag.Value<bool>(),
        { Type: JTokenType.String } text => text.Value<string>()!.Length == 0,
        JObject features when key == "features" => features.Properties().All(feature => feature.Name == "buildkit" || IsHarmless(feature.Name, feature.Value)),
        JContainer container => container.Count == 0,
        _ => false,
    };
}
