using System.Net;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Addressing;
using Rtd.Daemon.Networking.Firewall;
using Xunit;

namespace Rtd.Tests.Unit.Networking;

public sealed class FirewallRulesetTests
{
    private static readonly FirewallNetwork s_network = new("rtd0", [new IpSubnet(IPAddress.Parse("172.17.0.0"), 16)], Icc: true, Masquerade: true, Internal: false);

    [Fact]
    public void A_port_is_one_element()
    {
        PublishedPort[] ports =
        [
            Port("tcp", "0.0.0.0", 8080), Port("udp", "192.0.2.1", 53), Port("tcp", "127.0.0.1", 81), Port("tcp", "::", 8080),
            Port("tcp", "::", 8080) with { ContainerAddress = IPAddress.Parse("fd00::2") }, Port("tcp", "::1", 81),
        ];
        Assert.Equal("""
            add element ip rtd ports { tcp . 8080 : 172.17.0.2 . 80 }
            add element ip rtd addresses { 192.0.2.1 . udp . 53 : 172.17.0.2 . 80 }
            add element ip rtd loopback { 127.0.0.1 . tcp . 81 }
            add element ip6 rtd ports { tcp . 8080 : fd00::2 . 80 }
            add element ip6 rtd loopback { ::1 . tcp . 81 }

            """, FirewallRuleset.Add("rtd", ports));
        Assert.Equal("""
            delete element ip rtd ports { tcp . 8080 }
            delete element ip rtd addresses { 192.0.2.1 . udp . 53 }
            delete element ip rtd loopback { 127.0.0.1 . tcp . 81 }
            delete element ip6 rtd ports { tcp . 8080 }
            delete element ip6 rtd loopback { ::1 . tcp . 81 }

            """, FirewallRuleset.Delete("rtd", ports));
    }

    [Fact]
    public void The_table_is_replaced_whole_with_its_elements()
    {
        string script = FirewallRuleset.Create("rtd", [s_network], [Port("tcp", "0.0.0.0", 8080)], [], hairpin: false);
        Assert.StartsWith("add table ip rtd\ndelete table ip rtd\nadd table ip6 rtd\ndelete table ip6 rtd\ntable ip rtd {\n", script);
        Assert.EndsWith("\nadd element ip rtd ports { tcp . 8080 : 172.17.0.2 . 80 }\n", script);
        Assert.DoesNotContain("policy drop", script);
        Assert.DoesNotContain("flush", script);
    }

    [Fact]
    public void Every_drop_is_for_our_bridge_or_our_loopback_ports()
    {
        string script = FirewallRuleset.Create("rtd", [s_network], [], [], hairpin: false);
        string[] expected = ["iifname @internal drop", "oifname @internal drop", "oifname @bridges drop"];
        Assert.Equal(
            ["iifname != \"lo\" ip daddr . meta l4proto . th dport @loopback drop", .. expected, "iifname != \"lo\" ip6 daddr . meta l4proto . th dport @loopback drop", .. expected],
            script.Split('\n').Select(line => line.Trim()).Where(line => line.EndsWith("drop", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_link_is_one_element_by_both_addresses_and_the_bridge()
    {
        LinkedPort[] linked = [new("rtd0", IPAddress.Parse("172.17.0.3"), IPAddress.Parse("172.17.0.2"), "tcp", 5432)];
        string script = FirewallRuleset.Create("rtd", [s_network with { Icc = false }], [], linked, hairpin: false);
        Assert.EndsWith("\nadd element ip rtd linked { 172.17.0.3 . 172.17.0.2 . tcp . 5432 . \"rtd0\" }\n", script);
        Assert.Contains("ip saddr . ip daddr . meta l4proto . th dport . iifname @linked accept", script);
    }

    [Fact]
    public void Without_the_forwarder_containers_are_translated_too()
    {
        Assert.Contains("iifname @bridges return", FirewallRuleset.Create("rtd", [s_network], [], [], hairpin: false));
        string hairpin = FirewallRuleset.Create("rtd", [s_network], [], [], hairpin: true);
        Assert.DoesNotContain("iifname @bridges return", hairpin);
        Assert.Contains("ip saddr . oifname @sources ct status dnat masquerade", hairpin);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Flags_add_their_lines(bool icc, bool masquerade)
    {
        string script = FirewallRuleset.Create("rtd", [s_network with { Icc = icc, Masquerade = masquerade }], [], [], hairpin: false);
        Assert.Equal(icc, script.Contains("add element ip rtd talking { \"rtd0\" . \"rtd0\" }", StringComparison.Ordinal));
        Assert.Equal(masquerade, script.Contains("add element ip rtd masqueraded { 172.17.0.0/16 }", StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_library_is_one_clear_error()
    {
        EngineException error = Assert.Throws<EngineException>(() => Nftables.Load("libnftables-not-here.so.9"));
        Assert.Contains("libnftables1", error.Message);
        Assert.Contains("--iptables=false", error.Message);
    }

    private static PublishedPort Port(string protocol, string host, int port) =>
        new(protocol, IPAddress.Parse(host), port, IPAddress.Parse("172.17.0.2"), 80);
}
