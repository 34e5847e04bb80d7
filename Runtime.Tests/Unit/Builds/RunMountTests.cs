using Rtd.Daemon.Builds.Dockerfiles.Mounts;
using Rtd.Daemon.Builds.Dockerfiles.Words;
using Rtd.Daemon.Errors;
using Xunit;

namespace Rtd.Tests.Unit.Builds;

public sealed class RunMountTests
{
    [Fact]
    public void KindsHaveTheirOptions()
    {
        Assert.Equal(
            new RunMount { Type = RunMountType.Bind, From = "build", Source = "/out", Target = "/in", ReadOnly = true },
            Parse("from=build,src=/out,dst=/in"));
        Assert.Equal(
            new RunMount { Type = RunMountType.Cache, Id = "apt", Target = "/var/cache", Sharing = CacheSharing.Locked, Mode = 0x1FF, User = 1, Group = 2 },
            Parse("type=cache,id=apt,target=/var/cache,sharing=locked,mode=0777,uid=1,gid=2"));
        Assert.Equal(new RunMount { Type = RunMountType.Tmpfs, Target = "/t", SizeLimit = 64 << 20 }, Parse("type=tmpfs,target=/t,size=64m"));
        Assert.Equal(
            new RunMount { Type = RunMountType.Secret, Id = "token", Target = "/run/token", Required = true, ReadOnly = true },
            Parse("type=secret,target=/run/token,required"));
        Assert.Equal(
            new RunMount { Type = RunMountType.Secret, Id = "token", Environment = "TOKEN", ReadOnly = true },
            Parse("type=secret,id=token,env=TOKEN"));
    }

    [Fact]
    public void ValuesAreExpandedAndQuoted()
    {
        Assert.Equal("/a,value", Parse("\"target=/a,$x\"").Target);
        Assert.False(Parse("target=/a,rw").ReadOnly);
        Assert.True(Parse("type=cache,target=/a,readonly=true").ReadOnly);
    }

    [Theory]
    [InlineData("type=ftp,target=/x", "unsupported mount type \"ftp\"")]
    [InlineData("type=bind", "target required")]
    [InlineData("target=/x,what=1", "unexpected key 'what' in 'what=1'")]
    [InlineData("target=/x,what", "invalid field 'what' must be a key=value pair")]
    [InlineData("target=/x,size=1m", "unexpected key 'size' for mount type 'bind'")]
    [InlineData("type=tmpfs,target=/x,size=big", "invalid value for size: big")]
    [InlineData("type=cache,target=/x,mode=9", "invalid value 9 for mode")]
    [InlineData("type=cache,target=/x,uid=me", "invalid value me for uid")]
    [InlineData("target=/x,uid=1", "not allowed for \"bind\" type mounts")]
    [InlineData("target=/x,sharing=locked", "invalid cache sharing set for bind mount")]
    [InlineData("type=cache,target=/x,sharing=some", "unsupported sharing value \"some\"")]
    [InlineData("type=cache,target=/x,required", "unexpected key 'required' for mount type 'cache'")]
    [InlineData("type=secret,from=x,id=y", "secret mount should not have a from")]
    [InlineData("type=secret,source=x,id=y", "both source and id can't be set")]
    [InlineData("type=secret", "invalid secret mount. one of source, target required")]
    [InlineData("target=/x,ro=maybe", "invalid value for ro: maybe")]
    [InlineData("target=\"x", "failed to parse csv mounts")]
    public void Refuses(string text, string message) =>
        Assert.Contains(message, Assert.Throws<EngineException>(() => Parse(text)).Message, StringComparison.Ordinal);

    private static RunMount Parse(string text) => RunMountParser.Parse(text, new WordExpander(name => name == "x" ? "value" : null));
}
