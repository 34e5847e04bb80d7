using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking;
using Xunit;

namespace Rtd.Tests.Unit.Networking;

public sealed class PoolRulesTests
{
    [Theory]
    [InlineData("foobar", "", "", "invalid subnet foobar: invalid CIDR block notation")]
    [InlineData("10.5.0.1/24", "", "", "invalid subnet 10.5.0.1/24: it should be 10.5.0.0/24")]
    [InlineData("10.5.0.0/24", "2001:db8::/32", "", "invalid ip-range 2001:db8::/32: parent subnet is an IPv4 block")]
    [InlineData("10.5.0.0/24", "10.0.0.0/8", "", "invalid ip-range 10.0.0.0/8: CIDR block is bigger than its parent subnet 10.5.0.0/24")]
    [InlineData("10.5.0.0/24", "10.6.0.0/25", "", "invalid ip-range 10.6.0.0/25: parent subnet 10.5.0.0/24 doesn't contain ip-range")]
    [InlineData("10.5.0.0/24", "", "10.6.0.1", "invalid gateway 10.6.0.1: parent subnet 10.5.0.0/24 doesn't contain this address")]
    [InlineData("10.5.0.0/24", "", "10.5", "invalid gateway 10.5: invalid address")]
    [InlineData("", "10.5.0.0/24", "", "invalid subnet : a gateway, range or auxiliary address needs the subnet that it is in")]
    public void Faults_are_told_in_dockers_words(string subnet, string range, string gateway, string fault)
    {
        NetworkRecord record = new() { Driver = "bridge", Pools = [new PoolRecord { Subnet = subnet, Range = range, Gateway = gateway }] };
        EngineException error = Assert.Throws<EngineException>(() => PoolRules.Validate(record));
        Assert.Equal(ErrorKind.InvalidParameter, error.Kind);
        Assert.Equal("invalid network config:\n" + fault, error.Message);
    }

    [Fact]
    public void A_subnet_of_a_family_that_is_off_is_left_out()
    {
        NetworkRecord record = new() { Driver = "bridge", Pools = [new PoolRecord { Subnet = "2001:db8::/64" }] };
        PoolRules.Validate(record);
        Assert.Empty(record.Pools);
    }

    [Fact]
    public void Several_subnets_of_a_family_are_not_for_bridges()
    {
        List<PoolRecord> pools = [new() { Subnet = "10.5.0.0/24" }, new() { Subnet = "10.6.0.0/24" }];
        PoolRules.Validate(new NetworkRecord { Driver = "macvlan", Pools = pools });
        EngineException error = Assert.Throws<EngineException>(() => PoolRules.Validate(new NetworkRecord { Driver = "bridge", Pools = pools }));
        Assert.Equal((ErrorKind.Forbidden, "bridge driver doesn't support multiple subnets"), (error.Kind, error.Message));
        pools[1].Subnet = "10.5.0.128/25";
        Assert.Equal(ErrorKind.Forbidden, Assert.Throws<EngineException>(() => PoolRules.Validate(new NetworkRecord { Driver = "macvlan", Pools = pools })).Kind);
    }

    [Theory]
    [InlineData("10.5.0.0/24", "", "10.5.0.1")]
    [InlineData("10.5.0.0/24", "10.5.0.128/25", "10.5.0.128")]
    [InlineData("fd00::/64", "", "fd00::1")]
    [InlineData("10.5.0.8/31", "", "10.5.0.8")]
    public void The_first_address_is_the_gateway(string subnet, string range, string gateway)
    {
        PoolRecord pool = new() { Subnet = subnet, Range = range };
        PoolRules.Complete(pool);
        Assert.Equal(gateway, pool.Gateway);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("../x")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("-a")]
    public void Bad_names_are_refused(string name) =>
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => NetworkNames.Validate(name)).Kind);
}
