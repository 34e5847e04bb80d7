using Rtd.Daemon.Errors;
using Rtd.Daemon.Security;
using Xunit;

namespace Rtd.Tests.Unit.Security;

public sealed class CapabilitiesTests
{
    private const ulong Everything = (1UL << 41) - 1;

    [Fact]
    public void Default_is_the_mask_that_docker_containers_show() => Assert.Equal(0x00000000a80425fbUL, Capabilities.Default);

    [Fact]
    public void Nothing_asked_is_the_default_within_what_is_available()
    {
        Assert.Equal(Capabilities.Default, Capabilities.Parse([], [], false, Everything));
        Assert.Equal(Capabilities.Mask("CAP_KILL"), Capabilities.Parse([], [], false, Capabilities.Mask("CAP_KILL", "CAP_SYS_ADMIN")));
    }

    [Theory]
    [InlineData("net_admin")]
    [InlineData("NET_ADMIN")]
    [InlineData("CAP_NET_ADMIN")]
    [InlineData("Cap_Net_Admin")]
    public void Names_come_with_or_without_prefix_in_any_case(string name) =>
        Assert.Equal(Capabilities.Default | (1UL << 12), Capabilities.Parse([name], [], false, Everything));

    [Fact]
    public void Privileged_is_everything_whatever_else_is_asked() => Assert.Equal(Everything, Capabilities.Parse([], ["ALL"], true, Everything));

    [Fact]
    public void Added_all_is_everything_but_the_dropped() =>
        Assert.Equal(Everything & ~Capabilities.Mask("CAP_SYS_ADMIN", "CAP_KILL"), Capabilities.Parse(["all"], ["SYS_ADMIN", "kill"], false, Everything));

    [Fact]
    public void Dropped_all_leaves_the_added() => Assert.Equal(Capabilities.Mask("CAP_CHOWN"), Capabilities.Parse(["CHOWN"], ["ALL"], false, Everything));

    [Fact]
    public void A_capability_in_both_lists_is_kept() => Assert.Equal(Capabilities.Default, Capabilities.Parse(["KILL"], ["KILL"], false, Everything));

    [Theory]
    [InlineData("FOO", "unknown capability: \"CAP_FOO\"")]
    [InlineData("", "unknown capability: \"CAP_\"")]
    [InlineData("SYS_RESOURCE", "capability not supported by your kernel or not available in the current environment: \"CAP_SYS_RESOURCE\"")]
    public void Refused_names_are_named(string name, string message)
    {
        ulong available = Everything & ~Capabilities.Mask("CAP_SYS_RESOURCE");
        EngineException added = Assert.Throws<EngineException>(() => Capabilities.Parse([name], [], false, available));
        EngineException dropped = Assert.Throws<EngineException>(() => Capabilities.Parse([], [name], true, available));
        Assert.Equal($"invalid CapAdd: {message}", added.Message);
        Assert.Equal($"invalid CapDrop: {message}", dropped.Message);
        Assert.Equal(ErrorKind.InvalidParameter, added.Kind);
    }

    [Fact]
    public void Names_and_mask_are_inverse()
    {
        string[] names = Capabilities.Names(Everything).ToArray();
        Assert.Equal(41, names.Length);
        Assert.Equal("CAP_CHECKPOINT_RESTORE", names[40]);
        Assert.Equal(Everything, Capabilities.Mask(names));
        Assert.Null(Capabilities.TryMask("CAP_NO_SUCH"));
    }

    [Fact]
    public void Available_is_within_the_kernels_capabilities()
    {
        int last = int.Parse(File.ReadAllText("/proc/sys/kernel/cap_last_cap"));
        Assert.Equal(0UL, Capabilities.Available >> Math.Min(last + 1, 41));
    }
}
