using CommandLine;

namespace Rtd.Client.Networks;

/// <summary>Options of network create.</summary>
internal sealed partial class NetworkCreateOptions
{
    [Option("attachable", HelpText = "Let single containers attach to it")]
    public bool Attachable { get; set; }

    [Option("aux-address", MetaValue = "map", HelpText = "Addresses the driver keeps for itself (name=ip)")]
    public IEnumerable<string> AuxAddresses { get; set; } = [];

    [Option("config-from", MetaValue = "string", HelpText = "Network whose configuration is taken over")]
    public string? ConfigFrom { get; set; }

    [Option("config-only", HelpText = "Keep the configuration only")]
    public bool ConfigOnly { get; set; }

    [Option('d', "driver", MetaValue = "string", HelpText = "Driver of the network", Default = "bridge")]
    public string? Driver { get; set; } = "bridge";

    [Option("gateway", MetaValue = "strings", HelpText = "Gateway of a subnet")]
    public IEnumerable<string> Gateways { get; set; } = [];

    [Option("ingress", HelpText = "Make a swarm's ingress network")]
    public bool Ingress { get; set; }

    [Option("internal", HelpText = "Keep it from the outside")]
    public bool Internal { get; set; }

    [Option("ip-range", MetaValue = "strings", HelpText = "Range within a subnet to take addresses from")]
    public IEnumerable<string> IpRanges { get; set; } = [];

    [Option("ipam-driver", MetaValue = "string", HelpText = "Driver of address management", Default = "default")]
    public string? IpamDriver { get; set; } = "default";

    [Option("ipam-opt", MetaValue = "map", HelpText = "Options of address management (key=value)")]
    public IEnumerable<string> IpamOptions { get; set; } = [];

    [Option("ipv4", HelpText = "Give IPv4 addresses", Default = true)]
    public bool? Ipv4 { get; set; } = true;

    [Option("ipv6", HelpText = "Give IPv6 addresses")]
    public bool? Ipv6 { get; set; }

    [Option("label", MetaValue = "list", HelpText = "Set metadata (key=value)")]
    public IEnumerable<string> Labels { get; set; } = [];

    [Option('o', "opt", MetaValue = "map", HelpText = "Options of the driver (key=value)")]
    public IEnumerable<string> Options { get; set; } = [];

    [Option("scope", MetaValue = "string", HelpText = "Scope of the network")]
    public string? Scope { get; set; }

    [Option("subnet", MetaValue = "strings", HelpText = "Subnet in CIDR notation")]
    public IEnumerable<string> Subnets { get; set; } = [];
}
