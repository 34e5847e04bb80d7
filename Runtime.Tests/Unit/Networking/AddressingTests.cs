using System.Net;
using System.Net.Sockets;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Addressing;
using Rtd.Daemon.Networking.Bridge;
using Xunit;

namespace Rtd.Tests.Unit.Networking;

public sealed class AddressingTests
{
    [Fact]
    public void A_pool_gives_every_address_once_and_then_none()
    {
        AddressPool pool = PoolOf("10.0.0.0/24");
        HashSet<string> seen = [];
        for (int i = 1; i <= 254; i++)
        {
            Assert.True(seen.Add(pool.Take().ToString()));
        }

        Assert.DoesNotContain("10.0.0.0", seen);
        Assert.DoesNotContain("10.0.0.255", seen);
        Assert.Throws<EngineException>(() => pool.Take());
        pool.Return(IPAddress.Parse("10.0.0.77"));
        Assert.Equal("10.0.0.77", pool.Take().ToString());
    }

    [Fact]
    public void A_pool_smaller_than_a_word_stays_within_itself()
    {
        AddressPool pool = PoolOf("10.0.0.8/30");
        Assert.Equal("10.0.0.9", pool.Take().ToString());
        Assert.Equal("10.0.0.10", pool.Take().ToString());
        Assert.Throws<EngineException>(() => pool.Take());
    }

    [Fact]
    public void A_range_limits_what_is_chosen_but_not_what_is_asked_for()
    {
        AddressPool pool = new(Subnet("172.17.0.0/16"), Subnet("172.17.3.192/29"));
        pool.Take(IPAddress.Parse("172.17.3.193"));
        pool.Take(IPAddress.Parse("172.17.200.1"));
        Assert.Equal("172.17.3.192", pool.Take().ToString());
        Assert.Equal("172.17.3.194", pool.Take().ToString());
        for (int i = 195; i <= 199; i++)
        {
            pool.Take();
        }

        Assert.Throws<EngineException>(() => pool.Take());
    }

    [Fact]
    public void Asking_for_a_taken_or_foreign_address_fails_by_kind()
    {
        AddressPool pool = PoolOf("10.0.0.0/24");
        pool.Take(IPAddress.Parse("10.0.0.9"));
        Assert.Equal(ErrorKind.Conflict, Assert.Throws<EngineException>(() => pool.Take(IPAddress.Parse("10.0.0.9"))).Kind);
        Assert.Equal(ErrorKind.Conflict, Assert.Throws<EngineException>(() => pool.Take(IPAddress.Parse("10.0.0.255"))).Kind);
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => pool.Take(IPAddress.Parse("10.0.1.9"))).Kind);
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => pool.Take(IPAddress.IPv6Loopback)).Kind);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.0/16", true)]
    [InlineData("172.17.0.0/16", "172.16.0.0/12", true)]
    [InlineData("172.17.0.0/16", "172.18.0.0/16", false)]
    [InlineData("0.0.0.0/0", "1.2.3.4/32", true)]
    [InlineData("192.168.0.0/20", "192.168.16.0/20", false)]
    public void Subnets_overlap(string left, string right, bool expected)
    {
        Assert.Equal(expected, Subnet(left).Overlaps(Subnet(right)));
        Assert.Equal(expected, Subnet(right).Overlaps(Subnet(left)));
    }

    [Theory]
    [InlineData("172.17.0.1")]
    [InlineData("172.17.0/16")]
    [InlineData("172.17.0.1/33")]
    [InlineData("172.17.0.1/-1")]
    [InlineData("172.17.0.1/ 16")]
    [InlineData("fd00::1/129")]
    [InlineData("/16")]
    public void Text_that_is_no_cidr_is_refused(string text) => Assert.False(IpSubnet.TryParseCidr(text, out _, out _));

    [Theory]
    [InlineData("172.17.0.0/16")]
    [InlineData("172.17.255.255/16")]
    [InlineData("172.17.0.1/31")]
    [InlineData("fd00::1/64")]
    [InlineData("nonsense")]
    public void A_bip_must_be_a_hosts_address(string bip) =>
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => BridgeAddressing.ParseBip(bip)).Kind);

    [Fact]
    public void The_choice_of_a_subnet_avoids_what_is_occupied()
    {
        Assert.Equal("172.17.0.0/16", Choose().ToString());
        Assert.Equal("172.20.0.0/16", Choose("172.16.0.0/14", "10.0.0.0/8").ToString());
        Assert.Equal("192.168.16.0/20", Choose("172.16.0.0/12", "192.168.1.0/24").ToString());
        Assert.Null(Choose("172.16.0.0/12", "192.168.0.0/16"));
    }

    [Fact]
    public void Networks_of_users_get_small_subnets_of_both_families()
    {
        Assert.Equal("172.18.0.0/24", SubnetChoice.FirstFree(SubnetChoice.NetworkPools, AddressFamily.InterNetwork, []).ToString());
        Assert.Equal("172.18.2.0/24", SubnetChoice.FirstFree(SubnetChoice.NetworkPools, AddressFamily.InterNetwork, [Subnet("172.18.0.0/23")]).ToString());
        SubnetPool local = SubnetChoice.LocalPool("0123456789abcdef");
        Assert.Equal("fd01:2345:6789::/48", local.Base.ToString());
        Assert.Equal("fd01:2345:6789::/64", SubnetChoice.FirstFree([local], AddressFamily.InterNetworkV6, []).ToString());
        Assert.Equal("fd01:2345:6789:1::/64", SubnetChoice.FirstFree([local], AddressFamily.InterNetworkV6, [Subnet("fd01:2345:6789::/64")]).ToString());
        Assert.Null(SubnetChoice.FirstFree([local], AddressFamily.InterNetwork, []));
    }

    [Fact]
    public void A_pool_of_ipv6_gives_from_one_on()
    {
        AddressPool pool = PoolOf("fd00::/64");
        Assert.Equal("fd00::1", pool.Take().ToString());
        pool.Take(IPAddress.Parse("fd00::ffff:ffff"));
        Assert.Equal("fd00::2", pool.Take().ToString());
        Assert.Equal(ErrorKind.Conflict, Assert.Throws<EngineException>(() => pool.Take(IPAddress.Parse("fd00::ffff:ffff"))).Kind);
        pool.Return(IPAddress.Parse("fd00::1"));
        Assert.Equal("fd00::1", pool.Take().ToString());
    }

    [Fact]
    public void Mac_addresses_follow_the_address()
    {
        Assert.Equal("02:42:ac:11:00:02", MacAddresses.Format(MacAddresses.FromAddress(IPAddress.Parse("172.17.0.2"))));
        Assert.Equal("92:d0:c6:0a:29:33", MacAddresses.Format(MacAddresses.Parse("92:D0:c6:0a:29:33")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("02:42:ac:11:00")]
    [InlineData("02:42:ac:11:00:02:03")]
    [InlineData("01:00:5e:00:00:01")]
    [InlineData("00:00:00:00:00:00")]
    [InlineData("hello")]
    public void Bad_mac_addresses_are_refused(string text) =>
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => MacAddresses.Parse(text)).Kind);

    private static IpSubnet? Choose(params string[] occupied) =>
        SubnetChoice.FirstFree(SubnetChoice.BridgePools, AddressFamily.InterNetwork, [.. occupied.Select(Subnet)]);

    private static AddressPool PoolOf(string cidr) => new(Subnet(cidr), Subnet(cidr));

    private static IpSubnet Subnet(string cidr)
    {
        Assert.True(IpSubnet.TryParseCidr(cidr, out IPAddress? address, out int prefixLength));
        return new IpSubnet(address, prefixLength);
    }
}
