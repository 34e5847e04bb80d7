using System.Text.RegularExpressions;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Bridge;

namespace Rtd.Daemon.Networking;

/// <summary>What a container asks of its link on a network, by driver options under Docker's keys.</summary>
/// <param name="Name">The link's name inside; empty: the network's prefix and the next number.</param>
/// <param name="Sysctls">Below the link's own settings: <c>ipv4/conf</c>, <c>log_martians</c> and the value.</param>
internal sealed partial record InterfaceOptions(string Name, IReadOnlyList<(string Directory, string Key, string Value)> Sysctls)
{
    private const string NameKey = "com.docker.network.endpoint.ifname", SysctlsKey = "com.docker.network.endpoint.sysctls";

    public static InterfaceOptions None { get; } = new("", []);

    /// <summary>Throws invalid parameter; keys of other drivers are passed over, as by dockerd. The docker command hands IFNAME on in small letters.</summary>
    public static InterfaceOptions Parse(IReadOnlyDictionary<string, string>? options)
    {
        string name = options?.GetValueOrDefault(NameKey) ?? "";
        if (name.Length > 0)
        {
            BridgeSettings.CheckLinkName(name, NameKey);
            if (name == "lo")
            {
                throw EngineException.InvalidParameter($"invalid {NameKey} {name}: every container has that already");
            }
        }

        string sysctls = options?.GetValueOrDefault(SysctlsKey) ?? "";
        return new InterfaceOptions(name, [.. sysctls.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseSysctl)]);
    }

    private static (string Directory, string Key, string Value) ParseSysctl(string text)
    {
        Match match = Pattern().Match(text);
        return match.Success
            ? ($"{match.Groups[1].Value}/{match.Groups[2].Value}", match.Groups[3].Value, match.Groups[4].Value)
            : throw EngineException.InvalidParameter($"invalid {SysctlsKey} {text}: it must be net.(ipv4|ipv6|mpls).(conf|neigh).IFNAME.KEY=VALUE");
    }

    [GeneratedRegex("^net\\.(ipv4|ipv6|mpls)\\.(conf|neigh)\\.(?i:IFNAME)\\.([a-z0-9_]+)=([^\\0\\n]*)\\z")]
    private static partial Regex Pattern();
}
