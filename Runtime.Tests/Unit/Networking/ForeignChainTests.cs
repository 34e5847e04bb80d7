using Rtd.Daemon.Networking.Firewall;
using Xunit;

namespace Rtd.Tests.Unit.Networking;

public sealed class ForeignChainTests
{
    private const string Listing = """
        table ip rtd {
        	chain forward {
        		type filter hook forward priority filter; policy accept;
        	}
        }
        table ip filter {
        	chain INPUT {
        		type filter hook input priority filter; policy drop;
        	}
        	chain FORWARD {
        		type filter hook forward priority filter; policy drop;
        	}
        }
        table inet firewalld {
        	chain filter_FORWARD {
        		type filter hook forward priority filter + 10; policy accept;
        	}
        }
        table bridge b {
        	chain forward {
        		type filter hook forward priority 0; policy drop;
        	}
        }
        """;

    [Fact]
    public void Chains_of_others_that_see_forwarded_packets_are_found()
    {
        Assert.Equal(
            [("table ip filter chain FORWARD", true), ("table inet firewalld chain filter_FORWARD", false)],
            ForeignChain.OnForward(Listing, ["rtd"]).Select(chain => (chain.Name, chain.DropsByPolicy)));
    }

    [Theory]
    [InlineData("ct state established accept\n\t\treject with icmpx admin-prohibited", true)]
    [InlineData("ct state established accept\n\t\tdrop", true)]
    [InlineData("counter packets 3 bytes 180 drop", true)]
    [InlineData("iifname \"eth0\" drop", false)]
    [InlineData("drop\n\t\tct state established accept", false)]
    [InlineData("jump other", false)]
    public void A_last_rule_that_drops_all_is_seen(string rules, bool drops) =>
        Assert.Equal(drops, ForeignChain.EndsInDrop($"table inet t {{\n\tchain c {{\n\t\ttype filter hook forward priority 0; policy accept;\n\t\t{rules}\n\t}}\n}}\n"));

    [Theory]
    [InlineData("", true)]
    [InlineData("ip daddr 192.0.2.2 drop", false)]
    public void The_admins_table_is_known_when_untouched(string rule, bool untouched) =>
        Assert.Equal(untouched, AdminTable.IsUntouched($"table ip rtd-admin {{\n\tchain forward {{\n\t\ttype filter hook forward priority filter - 10; policy accept;\n\t\t{rule}\n\t}}\n}}\n"));
}
