using System.Text;

namespace Rtd.Daemon.Networking.Firewall;

/// <summary>Writes our nft tables, one for IPv4 and one for IPv6. Every script is one transaction: all of it or nothing.</summary>
/// <remarks>
/// Networks and ports are elements of sets and maps, so that rules are few, whatever their number, and a change is an element:
/// <list type="bullet">
/// <item>guard: drops packets from outside for a port published on 127.0.0.1. The kernel drops them itself unless someone has set
/// route_localnet on a link (kube-proxy, older Docker); we never do.</item>
/// <item>publish: two maps, by (address, port) and by port alone for any-address. A port costs one element, not rules. Traffic from our own
/// bridges is left to the forwarder: where br_netfilter is on, the kernel would bridge a translated packet straight to its new port, which
/// fails for the port it came from and for isolated ones. Without a forwarder (<c>--userland-proxy=false</c>) it is translated all the same, and
/// bridge ports may give back what came from them.</item>
/// <item>postrouting: outgoing traffic takes the host's address.</item>
/// <item>forward: answers first, as most packets are; else to our bridges only published ports, so that networks are isolated from each other and from outside; from an
/// internal one nothing goes anywhere else. Linked containers reach each other's ports where others do not.</item>
/// </list>
/// Rules match our bridges alone, policies stay accept: foreign traffic passes untouched.
/// </remarks>
internal static class FirewallRuleset
{
    public const string PortMap = "ports", AddressMap = "addresses", LoopbackSet = "loopback", LinkedSet = "linked";

    private const string Bridges = "bridges", Internal = "internal", Talking = "talking", Sources = "sources", Masqueraded = "masqueraded";

    private static readonly string[] s_chains = ["guard", "publish", "output", "prerouting", "postrouting", "forward"];

    /// <summary>Replaces both tables.</summary>
    /// <param name="hairpin">Containers reach published ports by translation too, instead of by the forwarder.</param>
    public static string Create(
        string table, IReadOnlyCollection<FirewallNetwork> networks, IReadOnlyCollection<PublishedPort> ports, IReadOnlyCollection<LinkedPort> linked, bool hairpin)
    {
        StringBuilder script = new();
        script.Append(Remove(table));
        foreach (FirewallFamily family in FirewallFamily.All)
        {
            AppendTable(script, table, family, hairpin);
        }

        foreach (FirewallNetwork network in networks)
        {
            script.Append(Add(table, network));
        }

        return script.Append(Add(table, ports)).Append(Add(table, linked)).ToString();
    }

    /// <summary>Removes the tables, whether they are there or not.</summary>
    public static string Remove(string table) =>
        string.Concat(FirewallFamily.All.Select(family => $"add table {family.Name} {table}\ndelete table {family.Name} {table}\n"));

    /// <summary>A script for each of our chains that lists it, and fails when it is not there. (Of several in one script nft finds only the last.)</summary>
    public static IEnumerable<string> ListChains(string table) =>
        from family in FirewallFamily.All
        from chain in s_chains
        select $"list chain {family.Name} {table} {chain}";

    public static string Add(string table, FirewallNetwork network) => Elements("add", table, network);

    public static string Delete(string table, FirewallNetwork network) => Elements("delete", table, network);

    public static string Add(string table, IEnumerable<PublishedPort> ports) => Elements("add", table, ports, withValue: true);

    public static string Delete(string table, IEnumerable<PublishedPort> ports) => Elements("delete", table, ports, withValue: false);

    public static string Add(string table, IEnumerable<LinkedPort> ports) => Elements("add", table, ports);

    public static string Delete(string table, IEnumerable<LinkedPort> ports) => Elements("delete", table, ports);

    private static string Elements(string verb, string table, IEnumerable<LinkedPort> ports) => string.Concat(ports.Select(port =>
        $"{verb} element {FirewallFamily.IPv4.Name} {table} {LinkedSet} {{ {port.From} . {port.To} . {port.Protocol} . {port.Port} . \"{port.Bridge}\" }}\n"));

    private static string Elements(string verb, string table, FirewallNetwork network)
    {
        StringBuilder script = new();
        string bridge = $"\"{network.Bridge}\"";
        foreach (FirewallFamily family in FirewallFamily.All)
        {
            string prefix = $"{verb} element {family.Name} {table}";
            script.Append($"{prefix} {Bridges} {{ {bridge} }}\n");
            script.Append(network.Internal ? $"{prefix} {Internal} {{ {bridge} }}\n" : "");
            script.Append(network.Icc ? $"{prefix} {Talking} {{ {bridge} . {bridge} }}\n" : "");
            foreach (Addressing.IpSubnet subnet in network.Subnets.Where(subnet => subnet.IsIPv6 == (family == FirewallFamily.IPv6)))
            {
                if (network is { Masquerade: true, Internal: false })
                {
                    script.Append($"{prefix} {Sources} {{ {subnet} . {bridge} }}\n{prefix} {Masqueraded} {{ {subnet} }}\n");
                }
            }
        }

        return script.ToString();
    }

    private static string Elements(string verb, string table, IEnumerable<PublishedPort> ports, bool withValue)
    {
        StringBuilder script = new();
        foreach (PublishedPort port in ports.Where(port => port.IsLoopback || port.IsTranslated))
        {
            FirewallFamily family = port.IsIPv6 ? FirewallFamily.IPv6 : FirewallFamily.IPv4;
            string value = withValue ? $" : {port.ContainerAddress} . {port.ContainerPort}" : "";
            string element = port switch
            {
                { IsLoopback: true } => $"{LoopbackSet} {{ {port.HostAddress} . {port.Protocol} . {port.HostPort} }}",
                _ when port.HostAddress.Equals(family.Any) => $"{PortMap} {{ {port.Protocol} . {port.HostPort}{value} }}",
                _ => $"{AddressMap} {{ {port.HostAddress} . {port.Protocol} . {port.HostPort}{value} }}",
            };
            script.Append($"{verb} element {family.Name} {table} {element}\n");
        }

        return script.ToString();
    }

    private static void AppendTable(StringBuilder script, string table, FirewallFamily family, bool hairpin) => script.Append($$"""
        table {{family.Name}} {{table}} {
            set {{LoopbackSet}} { type {{family.AddressType}} . inet_proto . inet_service; }
            set {{Bridges}} { type ifname; }
            set {{Internal}} { type ifname; }
            set {{LinkedSet}} { type {{family.AddressType}} . {{family.AddressType}} . inet_proto . inet_service . ifname; }
            set {{Talking}} { type ifname . ifname; }
            set {{Sources}} { type {{family.AddressType}} . ifname; flags interval; }
            set {{Masqueraded}} { type {{family.AddressType}}; flags interval; }
            map {{AddressMap}} { type {{family.AddressType}} . inet_proto . inet_service : {{family.AddressType}} . inet_service; }
            map {{PortMap}} { type inet_proto . inet_service : {{family.AddressType}} . inet_service; }
            chain guard {
                type filter hook prerouting priority -300; policy accept;
                iifname != "lo" {{family.Name}} daddr . meta l4proto . th dport @{{LoopbackSet}} drop
            }
            chain publish {
                meta l4proto { tcp, udp, sctp } dnat {{family.Name}} to {{family.Name}} daddr . meta l4proto . th dport map @{{AddressMap}}
                meta l4proto { tcp, udp, sctp } dnat {{family.Name}} to meta l4proto . th dport map @{{PortMap}}
            }
            chain output {
                type nat hook output priority -100; policy accept;
                {{family.Name}} daddr != {{family.Loopback}} fib daddr type local jump publish
            }
            chain prerouting {
                type nat hook prerouting priority -100; policy accept;
                {{(hairpin ? "" : $"iifname @{Bridges} return")}}
                {{family.Name}} daddr != {{family.Loopback}} fib daddr type local jump publish
            }
            chain postrouting {
                type nat hook postrouting priority 100; policy accept;
                {{(hairpin ? $"{family.Name} saddr . oifname @{Sources} ct status dnat masquerade" : "")}}
                {{family.Name}} saddr . oifname @{{Sources}} return
                {{family.Name}} saddr @{{Masqueraded}} masquerade
            }
            chain forward {
                type filter hook forward priority 0; policy accept;
                ct state established,related accept
                iifname . oifname @{{Talking}} accept
                {{family.Name}} saddr . {{family.Name}} daddr . meta l4proto . th dport . iifname @{{LinkedSet}} accept
                iifname @{{Internal}} drop
                oifname @{{Internal}} drop
                oifname @{{Bridges}} ct status dnat accept
                oifname @{{Bridges}} drop
                iifname @{{Bridges}} accept
            }
        }

        """);
}
