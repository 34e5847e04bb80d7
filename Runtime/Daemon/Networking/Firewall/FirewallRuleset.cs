using System.Net;
using System.Text;

namespace Rtd.Daemon.Networking.Firewall;

/// <summary>Writes our nft table. Every script is one transaction: all of it or nothing.</summary>
/// <remarks>
/// The shape, for bridge rtd0 and its subnet:
/// <list type="bullet">
/// <item>guard: drops packets from outside for a port published on 127.0.0.1. The kernel drops them itself unless someone has set
/// route_localnet on a link (kube-proxy, older Docker); we never do.</item>
/// <item>publish: two maps, by (address, port) and by port alone for any-address. A port costs one element, not rules. Traffic from our own
/// bridges is left to the forwarder: where br_netfilter is on, the kernel would bridge a translated packet straight to its new port, which
/// fails for the port it came from and for isolated ones.</item>
/// <item>postrouting: outgoing traffic takes the host's address.</item>
/// <item>forward: to our bridges only answers and published ports; from outside nothing gets to a container's address directly.</item>
/// </list>
/// Rules match our bridges alone, policies stay accept: foreign traffic passes untouched.
/// </remarks>
internal static class FirewallRuleset
{
    public const string PortMap = "ports", AddressMap = "addresses", LoopbackSet = "loopback";

    /// <summary>Replaces the whole table.</summary>
    public static string Create(string table, IEnumerable<FirewallNetwork> networks, IEnumerable<PublishedPort> ports)
    {
        StringBuilder script = new();
        script.Append(Remove(table));
        script.Append($"table ip {table} {{\n");
        FirewallNetwork[] all = [.. networks];
        AppendMaps(script);
        AppendPublishing(script);
        AppendPrerouting(script, all);
        AppendPostrouting(script, all);
        AppendForward(script, all);
        script.Append("}\n");
        script.Append(Add(table, ports));
        return script.ToString();
    }

    /// <summary>Removes the table, whether it is there or not.</summary>
    public static string Remove(string table) => $"add table ip {table}\ndelete table ip {table}\n";

    public static string Add(string table, IEnumerable<PublishedPort> ports) => Elements("add", table, ports, withValue: true);

    public static string Delete(string table, IEnumerable<PublishedPort> ports) => Elements("delete", table, ports, withValue: false);

    private static string Elements(string verb, string table, IEnumerable<PublishedPort> ports, bool withValue)
    {
        StringBuilder script = new();
        foreach (PublishedPort port in ports)
        {
            string value = withValue ? $" : {port.ContainerAddress} . {port.ContainerPort}" : "";
            string element = port switch
            {
                { IsIPv4: false } => "",
                { IsLoopback: true } => $"{LoopbackSet} {{ {port.HostAddress} . {port.Protocol} . {port.HostPort} }}",
                _ when port.HostAddress.Equals(IPAddress.Any) => $"{PortMap} {{ {port.Protocol} . {port.HostPort}{value} }}",
                _ => $"{AddressMap} {{ {port.HostAddress} . {port.Protocol} . {port.HostPort}{value} }}",
            };
            if (element.Length > 0)
            {
                script.Append($"{verb} element ip {table} {element}\n");
            }
        }

        return script.ToString();
    }

    private static void AppendMaps(StringBuilder script) => script.Append($$"""
        set {{LoopbackSet}} { type ipv4_addr . inet_proto . inet_service; }
        map {{AddressMap}} { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
        map {{PortMap}} { type inet_proto . inet_service : ipv4_addr . inet_service; }

        """);

    private static void AppendPublishing(StringBuilder script) => script.Append($$"""
        chain guard {
            type filter hook prerouting priority -300; policy accept;
            iifname != "lo" ip daddr . meta l4proto . th dport @{{LoopbackSet}} drop
        }
        chain publish {
            meta l4proto { tcp, udp, sctp } dnat ip to ip daddr . meta l4proto . th dport map @{{AddressMap}}
            meta l4proto { tcp, udp, sctp } dnat ip to meta l4proto . th dport map @{{PortMap}}
        }
        chain output {
            type nat hook output priority -100; policy accept;
            ip daddr != 127.0.0.0/8 fib daddr type local jump publish
        }

        """);

    private static void AppendPrerouting(StringBuilder script, FirewallNetwork[] networks)
    {
        script.Append("chain prerouting {\n    type nat hook prerouting priority -100; policy accept;\n");
        foreach (FirewallNetwork network in networks)
        {
            script.Append($"    iifname \"{network.Bridge}\" return\n");
        }

        script.Append("    ip daddr != 127.0.0.0/8 fib daddr type local jump publish\n}\n");
    }

    private static void AppendPostrouting(StringBuilder script, FirewallNetwork[] networks)
    {
        script.Append("chain postrouting {\n    type nat hook postrouting priority 100; policy accept;\n");
        foreach (FirewallNetwork network in networks)
        {
            if (network.Masquerade)
            {
                script.Append($"    ip saddr {network.Subnet} oifname != \"{network.Bridge}\" masquerade\n");
            }
        }

        script.Append("}\n");
    }

    private static void AppendForward(StringBuilder script, FirewallNetwork[] networks)
    {
        script.Append("chain forward {\n    type filter hook forward priority 0; policy accept;\n");
        foreach (FirewallNetwork network in networks)
        {
            string bridge = network.Bridge;
            script.Append($"    oifname \"{bridge}\" ct state established,related accept\n");
            script.Append($"    oifname \"{bridge}\" ct status dnat accept\n");
            if (network.Icc)
            {
                script.Append($"    iifname \"{bridge}\" oifname \"{bridge}\" accept\n");
            }

            script.Append($"    oifname \"{bridge}\" drop\n");
        }

        // After all drops, so that one bridge's traffic to another is not let through by its own line.
        foreach (FirewallNetwork network in networks)
        {
            script.Append($"    iifname \"{network.Bridge}\" accept\n");
        }

        script.Append("}\n");
    }
}
