using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Images.Registry;

namespace Rtd.Tests.Unit.Registry;

public sealed class PlatformsTests
{
    [Theory]
    [InlineData("linux/amd64", "linux/amd64")]
    [InlineData("linux/x86_64", "linux/amd64")]
    [InlineData("amd64", "linux/amd64")]
    [InlineData("arm64", "linux/arm64")]
    [InlineData("linux/arm64/v8", "linux/arm64")]
    [InlineData("linux/aarch64", "linux/arm64")]
    [InlineData("linux/arm", "linux/arm/v7")]
    [InlineData("linux/arm/6", "linux/arm/v6")]
    [InlineData("armhf", "linux/arm/v7")]
    [InlineData("windows/amd64", "windows/amd64")]
    public void Parses(string text, string expected) => Assert.Equal(expected, Platforms.Format(Platforms.Parse(text)));

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("linux//v8")]
    [InlineData("linux/arm/v7/x")]
    [InlineData("linux/am d64")]
    public void Refuses(string text) => Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => Platforms.Parse(text)).Kind);

    [Theory]
    [InlineData("linux/amd64", "windows/amd64 linux/386 linux/amd64", 2)]
    [InlineData("linux/amd64", "windows/amd64 linux/386 linux/arm64", 1)]
    [InlineData("linux/amd64", "linux/amd64/v3", -1)]
    [InlineData("linux/amd64/v3", "linux/amd64 linux/amd64/v2", 1)]
    [InlineData("linux/arm/v7", "linux/arm64/v8 linux/arm/v6 linux/arm/v5", 1)]
    [InlineData("linux/arm/v6", "linux/arm/v7", -1)]
    [InlineData("linux/arm64", "linux/arm/v7 linux/arm64/v8", 1)]
    [InlineData("linux/s390x", "linux/amd64 unknown/unknown", -1)]
    public void Chooses(string wanted, string offered, int expected)
    {
        OciDescriptor[] descriptors = [.. offered.Split(' ').Select(text => new OciDescriptor { Platform = Written(text) })];
        OciDescriptor? chosen = Platforms.Choose(descriptors, Platforms.Parse(wanted));
        Assert.Equal(expected, Array.IndexOf(descriptors, chosen));
    }

    private static OciPlatform Written(string text)
    {
        string[] parts = text.Split('/');
        return new OciPlatform { Os = parts[0], Architecture = parts[1], Variant = parts.Length > 2 ? parts[2] : null };
    }
}
