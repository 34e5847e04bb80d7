using CommandLine;
using Rtd.Client.CommandLine;

namespace Rtd.Client.Containers;

/// <summary>Addresses and names in networks.</summary>
internal sealed partial class EndpointOptions
{
    [Option("add-host", MetaValue = "list", HelpText = "Add a line to the container's hosts file (host:ip)")]
    public IEnumerable<string> AddHosts { get; set; } = [];

    [Option("dns", MetaValue = "list", HelpText = "DNS servers to use")]
    public IEnumerable<string> Dns { get; set; } = [];

    [Option("dns-option", MetaValue = "list", HelpText = "Resolver options")]
    [FlagAlias("dns-opt")]
    public IEnumerable<string> DnsOptions { get; set; } = [];

    [Option("dns-search", MetaValue = "list", HelpText = "DNS search domains")]
    public IEnumerable<string> DnsSearch { get; set; } = [];

    [Option("domainname", MetaValue = "string", HelpText = "NIS domain name")]
    public string? DomainName { get; set; }

    [Option("ip", MetaValue = "string", HelpText = "IPv4 address (172.30.100.104)")]
    public string? Ip { get; set; }

    [Option("ip6", MetaValue = "string", HelpText = "IPv6 address (2001:db8::33)")]
    public string? Ip6 { get; set; }

    [Option("link", MetaValue = "list", HelpText = "Link to another container (name:alias)")]
    public IEnumerable<string> Links { get; set; } = [];

    [Option("link-local-ip", MetaValue = "list", HelpText = "Link-local addresses")]
    public IEnumerable<string> LinkLocalIps { get; set; } = [];

    [Option("mac-address", MetaValue = "string", HelpText = "MAC address (92:d0:c6:0a:29:33)")]
    public string? MacAddress { get; set; }

    [Option("network-alias", MetaValue = "list", HelpText = "Name of the container within its network")]
    [FlagAlias("net-alias")]
    public IEnumerable<string> NetworkAliases { get; set; } = [];
}
