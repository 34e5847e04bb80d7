using Rtd.Daemon.Configuration;
using Rtd.Daemon.UserNamespaces;

namespace Rtd.Tests.Unit.UserNamespaces;

/// <summary>Ranges of /etc/subuid, and the map they make.</summary>
public sealed class SubordinateIdsTests
{
    private static readonly string[] s_lines = ["# a comment", "", "other:1:2", "me:200000:1000", " me:100000:65536 ", "1000:300000:10", "mee:5:5"];

    [Fact]
    public void Ranges_of_a_name_and_a_number_are_one_after_another_by_their_ids()
    {
        IdMap map = SubordinateIds.Map(SubordinateIds.Find(s_lines, ["me", "1000"]), "none", "file");

        Assert.Equal("0 100000 65536\n65536 200000 1000\n66536 300000 10", map.ToString());
        Assert.Equal(66546UL, map.End);
    }

    [Fact]
    public void Ids_are_found_in_both_directions()
    {
        IdMap map = SubordinateIds.Map([(200000, 1000), (100000, 65536)], "none", "file");

        Assert.Equal([100000u, 165535u, 200000u, 200999u, null], new uint[] { 0, 65535, 65536, 66535, 66536 }.Select(map.ToOutside));
        Assert.Equal([0u, 65535u, 65536u, IdMap.Overflow, IdMap.Overflow, IdMap.Overflow], new uint[] { 100000, 165535, 200000, 201000, 0, uint.MaxValue }.Select(map.ToInside));
    }

    [Fact]
    public void Map_is_read_as_the_kernel_prints_it() =>
        Assert.Equal("0 100000 65536\n65536 200000 1", IdMap.Parse(["         0     100000      65536", "     65536     200000          1"]).ToString());

    [Theory]
    [InlineData("me:100000")]
    [InlineData("me:x:1")]
    [InlineData("me:1:-1")]
    [InlineData("me:4294967296:1")]
    public void Damaged_line_of_the_user_is_an_error(string line) =>
        Assert.Equal($"cannot parse subuid/gid ranges: invalid range \"{line}\"", Assert.Throws<ConfigurationException>(() => SubordinateIds.Find([line], ["me"])).Message);

    [Fact]
    public void Unusable_ranges_are_refused()
    {
        Assert.Equal("none", Assert.Throws<ConfigurationException>(() => SubordinateIds.Map([], "none", "file")).Message);
        Assert.Equal("none", Assert.Throws<ConfigurationException>(() => SubordinateIds.Map([(5, 0)], "none", "file")).Message);
        foreach ((uint, uint)[] ranges in ((uint, uint)[][])[[(0, 10)], [(10, 10), (19, 5)], [(4294967290, 10)]])
        {
            Assert.Contains("overlaps another one", Assert.Throws<ConfigurationException>(() => SubordinateIds.Map(ranges, "none", "file")).Message);
        }
    }
}
