using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Networking.Bridge;

/// <summary>What one bridge network is made with: of the default one the daemon's flags, of others their options.</summary>
internal sealed partial record BridgeSettings
{
    public const string NameKey = "com.docker.network.bridge.name", IccKey = "com.docker.network.bridge.enable_icc",
        MasqueradeKey = "com.docker.network.bridge.enable_ip_masquerade", BindKey = "com.docker.network.bridge.host_binding_ipv4",
        BindV6Key = "com.docker.network.bridge.host_binding_ipv6", MtuKey = "com.docker.network.driver.mtu",
        PrefixKey = "com.docker.network.container_iface_prefix", DefaultKey = "com.docker.network.bridge.default_bridge",
        GatewayModeKey = "com.docker.network.bridge.gateway_mode_ipv4", GatewayModeV6Key = "com.docker.network.bridge.gateway_mode_ipv6",
        InhibitKey = "com.docker.network.bridge.inhibit_ipv4";

    /// <summary>The least that IPv6 needs of a link (RFC 8200), bytes.</summary>
    public const int MinMtuV6 = 1280;

    private const int MinMtu = 68, MaxMtu = 65535, MaxPrefix = 10;

    /// <summary>The bridge's link.</summary>
    public required string LinkName { get; init; }

    /// <summary>Bytes.</summary>
    public required int Mtu { get; init; }

    /// <summary>Its containers reach each other.</summary>
    public required bool Icc { get; init; }

    public required bool Masquerade { get; init; }

    /// <summary>Host addresses of published ports that name none.</summary>
    public required IReadOnlyList<IPAddress> PublishAddresses { get; init; }

    public string InterfacePrefix { get; init; } = "eth";

    /// <summary>Ports give back what came from them: containers reach their own published ports without a forwarder.</summary>
    public bool Hairpin { get; init; }

    public static BridgeSettings OfDefault(BridgeOptions flags)
    {
        CheckLinkName(flags.BridgeName, "--bridge");
        return new BridgeSettings
        {
            LinkName = flags.BridgeName,
            Mtu = CheckMtu(flags.Mtu, "--mtu", MinMtu),
            Icc = flags.Icc,
            Masquerade = flags.IpMasq,
            PublishAddresses = Binding(flags.DefaultBindAddress, null),
            Hairpin = !flags.UserlandProxy,
        };
    }

    /// <summary>Throws invalid parameter for a value that makes no sense; keys that no driver of ours reads are kept and passed over, as dockerd does.</summary>
    public static BridgeSettings Of(NetworkRecord record, BridgeOptions flags)
    {
        Dictionary<string, string> options = record.Options;
        RefuseUnavailable(options);
        string name = options.GetValueOrDefault(NameKey) is { Length: > 0 } given ? given : "br-" + record.ShortId;
        CheckLinkName(name, NameKey);
        string prefix = options.GetValueOrDefault(PrefixKey) is { Length: > 0 } inside ? inside : "eth";
        if (!LinkNamePattern().IsMatch(prefix) || prefix.Length > MaxPrefix)
        {
            throw EngineException.InvalidParameter($"invalid {PrefixKey} {prefix}: it begins a link's name and has at most {MaxPrefix} letters and digits");
        }

        return new BridgeSettings
        {
            LinkName = name,
            Mtu = MtuOf(options, flags.Mtu, record.EnableIPv6 ? MinMtuV6 : MinMtu),
            Icc = Switch(options, IccKey, absent: true),
            Masquerade = Switch(options, MasqueradeKey, absent: true),
            PublishAddresses = Binding(Address(options, BindKey, AddressFamily.InterNetwork) ?? flags.DefaultBindAddress, Address(options, BindV6Key, AddressFamily.InterNetworkV6)),
            InterfacePrefix = prefix,
            Hairpin = !flags.UserlandProxy,
        };
    }

    /// <summary>The MTU is no less than IPv6 needs; one that is no number is told where it is read.</summary>
    public static bool CanCarryIPv6(IReadOnlyDictionary<string, string> options, BridgeOptions flags) =>
        !int.TryParse(options.GetValueOrDefault(MtuKey), NumberStyles.None, CultureInfo.InvariantCulture, out int mtu) ? flags.Mtu >= MinMtuV6 : mtu >= MinMtuV6;

    /// <summary>Of the MTU option that all drivers share.</summary>
    public static int MtuOf(IReadOnlyDictionary<string, string> options, int absent, int least)
    {
        string text = options.GetValueOrDefault(MtuKey) ?? options.GetValueOrDefault("mtu") ?? "";
        if (text.Length == 0)
        {
            return absent;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int mtu)
            ? CheckMtu(mtu, MtuKey, least)
            : throw EngineException.InvalidParameter($"invalid {MtuKey} {text}: it must be a number of bytes");
    }

    /// <summary>Stricter than the kernel: the name goes into firewall scripts and below /proc/sys.</summary>
    public static void CheckLinkName(string name, string setting)
    {
        if (!LinkNamePattern().IsMatch(name) || name is "." or "..")
        {
            throw EngineException.InvalidParameter($"invalid {setting} {name}: a link's name has 1 to 15 letters, digits, dots, dashes and underscores");
        }
    }

    private static int CheckMtu(int mtu, string setting, int least) => mtu >= least && mtu <= MaxMtu
        ? mtu
        : throw EngineException.InvalidParameter($"invalid {setting} {mtu}: it must be between {least} and {MaxMtu}");

    /// <summary>Any-address of IPv4 stands for that of IPv6 too, where the host has it.</summary>
    private static IReadOnlyList<IPAddress> Binding(IPAddress address, IPAddress? addressV6)
    {
        addressV6 ??= address.Equals(IPAddress.Any) && Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : null;
        return addressV6 is null ? [address] : [address, addressV6];
    }

    private static bool Switch(Dictionary<string, string> options, string key, bool absent) => options.GetValueOrDefault(key)?.ToLowerInvariant() switch
    {
        null => absent,
        "1" or "t" or "true" => true,
        "0" or "f" or "false" => false,
        string other => throw EngineException.InvalidParameter($"invalid {key} {other}: it must be true or false"),
    };

    private static IPAddress? Address(Dictionary<string, string> options, string key, AddressFamily family)
    {
        string text = options.GetValueOrDefault(key) ?? "";
        if (text.Length == 0)
        {
            return null;
        }

        return IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == family
            ? address
            : throw EngineException.InvalidParameter($"invalid {key} {text}: it must be an address of the host");
    }

    private static void RefuseUnavailable(Dictionary<string, string> options)
    {
        foreach (string key in new[] { GatewayModeKey, GatewayModeV6Key })
        {
            if (options.TryGetValue(key, out string? mode) && mode is not ("" or "nat"))
            {
                throw EngineException.InvalidParameter($"{key}={mode} is not supported: only nat is");
            }
        }

        if (Switch(options, InhibitKey, absent: false))
        {
            throw EngineException.InvalidParameter($"{InhibitKey} is not supported");
        }

        if (Switch(options, DefaultKey, absent: false))
        {
            throw new EngineException(ErrorKind.Forbidden, "default bridge network is there already: a user's network cannot be it");
        }
    }

    [GeneratedRegex("^[A-Za-z0-9._-]{1,15}$")]
    private static partial Regex LinkNamePattern();
}
