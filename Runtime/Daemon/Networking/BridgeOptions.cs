using System.Net;
using Rtd.Daemon.Networking.Addressing;

namespace Rtd.Daemon.Networking;

/// <summary>The daemon's network flags.</summary>
internal sealed record BridgeOptions
{
    public const string DefaultBridgeName = "rtd0";

    /// <summary>The <c>--bridge</c> value that means no default bridge network.</summary>
    public const string NoBridge = "none";

    /// <summary><c>--bridge</c>: the link of the default network. Our own is made if it is not there; another is the user's, and stays as it is.</summary>
    public string BridgeName { get; init; } = DefaultBridgeName;

    /// <summary><c>--bip</c>: gateway and prefix ("172.17.0.1/16"); empty: 172.17.0.1/16, or the next pool that no route of the host overlaps.</summary>
    public string Bip { get; init; } = "";

    /// <summary><c>--fixed-cidr</c>: the part of the subnet that containers get addresses from; empty: all of it.</summary>
    public string FixedCidr { get; init; } = "";

    /// <summary><c>default-gateway</c>: the containers' next hop on the default bridge when it is not the bridge; null: the bridge.</summary>
    public IPAddress? DefaultGateway { get; init; }

    /// <summary><c>--ipv6</c>: the default bridge has IPv6, and networks whose makers do not say; by default what the host has.</summary>
    public bool IPv6 { get; init; }

    /// <summary><c>--bip6</c>: the default bridge's IPv6 gateway and prefix; empty: the first of its subnet.</summary>
    public string BipV6 { get; init; } = "";

    /// <summary><c>--fixed-cidr-v6</c>: the default bridge's IPv6 subnet, or with --bip6 the part of it that containers get addresses from; empty: a /64 of the engine's own.</summary>
    public string FixedCidrV6 { get; init; } = "";

    /// <summary><c>default-gateway-v6</c>: as <see cref="DefaultGateway"/>.</summary>
    public IPAddress? DefaultGatewayV6 { get; init; }

    /// <summary><c>default-network-opts</c>: by driver, options of new networks that their makers do not give.</summary>
    public IReadOnlyDictionary<string, Dictionary<string, string>> NetworkDefaults { get; init; } = new Dictionary<string, Dictionary<string, string>>();

    /// <summary><c>default-address-pools</c>: what networks get their subnets from; empty: Docker's ranges, see <see cref="Addressing.SubnetChoice"/>.</summary>
    public IReadOnlyList<SubnetPool> AddressPools { get; init; } = [];

    /// <summary><c>--mtu</c>, bytes.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary><c>--icc</c>: containers on the default bridge reach each other.</summary>
    public bool Icc { get; init; } = true;

    /// <summary><c>--iptables</c>: packet filtering and address translation, in a table of our own.</summary>
    public bool Firewall { get; init; } = true;

    /// <summary>
    /// <c>--userland-proxy</c>: the forwarder carries what containers send to published ports. Without it the kernel translates that, too, and the
    /// forwarder is left what the kernel cannot do: the host's loopback addresses (route_localnet is never set), and IPv6 to a container without.
    /// </summary>
    public bool UserlandProxy { get; init; } = true;

    /// <summary>The nft tables' name (families ip and ip6).</summary>
    public string FirewallTable { get; init; } = "rtd";

    /// <summary><c>--ip-forward</c>: switches the host's IPv4 forwarding on when it is off.</summary>
    public bool IpForward { get; init; } = true;

    /// <summary><c>--ip-masq</c>: containers' traffic to elsewhere carries the host's address.</summary>
    public bool IpMasq { get; init; } = true;

    /// <summary><c>--ip</c>: the host address of published ports that name none; a network's host_binding_ipv4 option goes before it.</summary>
    public IPAddress DefaultBindAddress { get; init; } = IPAddress.Any;

    /// <summary>Keeps sockets beyond the daemon's end; null without live restore.</summary>
    public IFdKeeper? Keeper { get; init; }

    /// <summary>Containers of a former daemon may be running: the firewall stays as it is until their networks are restored.</summary>
    public bool Resume { get; init; }

    /// <summary>Told the name of each step of a start, connect or create before it is taken: a test lets it throw there and looks what is left.</summary>
    public Action<string>? BeforeStep { get; init; }

    /// <summary>The engine's data root; networks are remembered below <c>network/</c> in it.</summary>
    public required string DataDirectory { get; init; }
}
