using Rtd.Daemon.UserNamespaces;

namespace Rtd.Tests.Unit.UserNamespaces;

/// <summary>Ids in extended attributes, in the kernel's layouts.</summary>
public sealed class MappedXattrsTests
{
    private static readonly IdMaps s_maps = new(new IdMap([new IdRange(0, 100000, 1000)]), new IdMap([new IdRange(0, 300000, 1000)]));

    [Theory]
    [InlineData("security.capability", "0100000200200000000000000000000000000000", "0100000300200000000000000000000000000000A0860100")]
    [InlineData("system.posix_acl_access", "0200000001000600FFFFFFFF0200070005000000080004000700000010000700FFFFFFFF", "0200000001000600FFFFFFFF02000700A586010008000400E793040010000700FFFFFFFF")]
    [InlineData("user.x", "0100", "0100")]
    public void Values_are_translated_in_both_directions(string name, string inside, string outside)
    {
        byte[] key = System.Text.Encoding.ASCII.GetBytes(name + "\0");

        Assert.Equal(outside, Convert.ToHexString(MappedXattrs.ToOutside(key, Convert.FromHexString(inside), s_maps)));
        Assert.Equal(inside, Convert.ToHexString(MappedXattrs.ToInside(key, Convert.FromHexString(outside), s_maps)));
    }

    [Fact]
    public void What_cannot_be_mapped_is_refused_or_left()
    {
        byte[] others = Convert.FromHexString("010000030020000000000000000000000000000001000000"), acl = Convert.FromHexString("02000000020007000F270000");

        Assert.Equal(others, MappedXattrs.ToInside("security.capability\0"u8.ToArray(), others, s_maps));
        Assert.Throws<ArgumentException>(() => MappedXattrs.ToOutside("system.posix_acl_access\0"u8.ToArray(), acl, s_maps));
    }
}
