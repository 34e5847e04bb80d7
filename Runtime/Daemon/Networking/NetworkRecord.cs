using Newtonsoft.Json;

namespace Rtd.Daemon.Networking;

/// <summary>What is remembered of a network from one daemon to the next.</summary>
internal sealed class NetworkRecord
{
    public string Name { get; set; } = "";

    /// <summary>64 hex digits.</summary>
    public string Id { get; set; } = "";

    /// <summary>bridge, host, null, macvlan or ipvlan.</summary>
    public string Driver { get; set; } = "";

    public DateTime Created { get; set; }

    /// <summary>The subnet that the default bridge had last, in CIDR form; empty for all others.</summary>
    public string Subnet { get; set; } = "";

    /// <summary>The same of IPv6.</summary>
    public string SubnetV6 { get; set; } = "";

    /// <summary>Made by a user: it can be removed, and its containers know each other's names.</summary>
    public bool UserDefined { get; set; }

    /// <summary>Being made or removed: the next start of the daemon takes back what there is of it.</summary>
    public bool Incomplete { get; set; }

    public bool EnableIPv4 { get; set; } = true;

    public bool EnableIPv6 { get; set; }

    /// <summary>No way to other networks.</summary>
    public bool Internal { get; set; }

    public bool Attachable { get; set; }

    /// <summary>Nothing but a configuration that networks can be made from.</summary>
    public bool ConfigOnly { get; set; }

    /// <summary>The configuration that it was made from, by name, or empty.</summary>
    public string ConfigFrom { get; set; } = "";

    /// <summary>Driver options as given.</summary>
    public Dictionary<string, string> Options { get; set; } = [];

    public Dictionary<string, string> Labels { get; set; } = [];

    /// <summary>Options of the address management, as given; null when none were.</summary>
    public Dictionary<string, string>? IpamOptions { get; set; }

    /// <summary>Subnets of a user-defined network, completed.</summary>
    public List<PoolRecord> Pools { get; set; } = [];

    [JsonIgnore]
    public string ShortId => Id[..12];
}
