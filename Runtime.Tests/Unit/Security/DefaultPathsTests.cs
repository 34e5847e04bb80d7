using Rtd.Daemon.Security;
using Xunit;

namespace Rtd.Tests.Unit.Security;

public sealed class DefaultPathsTests
{
    [Theory]
    [InlineData("/proc/kcore")]
    [InlineData("/proc/interrupts")]
    [InlineData("/sys/firmware")]
    [InlineData("/sys/devices/virtual/powercap")]
    public void Masked_holds_the_side_channels(string path) => Assert.Contains(path, DefaultPaths.Masked);

    [Fact]
    public void The_lists_are_absolute_and_disjoint()
    {
        Assert.All(DefaultPaths.Masked.Concat(DefaultPaths.Readonly), path => Assert.StartsWith("/", path));
        Assert.Empty(DefaultPaths.Masked.Intersect(DefaultPaths.Readonly));
        Assert.Contains("/proc/sys", DefaultPaths.Readonly);
    }
}
