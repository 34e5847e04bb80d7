using CommandLine;

namespace Rtd.Client.Networks;

/// <summary>Options of network connect.</summary>
internal sealed partial class NetworkConnectOptions
{
    [Option("alias", MetaValue = "strings", HelpText = "Name of the container within the network")]
    public IEnumerable<string> Aliases { get; set; } = [];

    [Option("driver-opt", MetaValue = "strings", HelpText = "Options of the driver (key=value)")]
    public IEnumerable<string> DriverOptions { get; set; } = [];

    [Option("gw-priority", MetaValue = "int", HelpText = "The network with the highest one gives the default gateway")]
    public long? GatewayPriority { get; set; }

    [Option("ip", MetaValue = "string", HelpText = "IPv4 address (172.30.100.104)")]
    public string? Ip { get; set; }

    [Option("ip6", MetaValue = "string", HelpText = "IPv6 address (2001:db8::33)")]
    public string? Ip6 { get; set; }

    [Option("link", MetaValue = "list", HelpText = "Link to another container (name:alias)")]
    public IEnumerable<string> Links { get; set; } = [];

    [Option("link-local-ip", MetaValue = "strings", HelpText = "Link-local addresses")]
    public IEnumerable<string> LinkLocalIps { get; set; } = [];
}
