using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Xunit;

namespace Rtd.Tests.Unit.Images;

public sealed class ImageReferenceTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox:latest", "busybox:latest")]
    [InlineData("busybox:1.36", "docker.io/library/busybox:1.36", "busybox:1.36")]
    [InlineData("docker.io/busybox", "docker.io/library/busybox:latest", "busybox:latest")]
    [InlineData("index.docker.io/library/busybox", "docker.io/library/busybox:latest", "busybox:latest")]
    [InlineData("user/app:v1", "docker.io/user/app:v1", "user/app:v1")]
    [InlineData("localhost/app", "localhost/app:latest", "localhost/app:latest")]
    [InlineData("host:5000/app", "host:5000/app:latest", "host:5000/app:latest")]
    [InlineData("host.example/a/b/c:T_1-2", "host.example/a/b/c:T_1-2", "host.example/a/b/c:T_1-2")]
    [InlineData("a__b/c--d.e", "docker.io/a__b/c--d.e:latest", "a__b/c--d.e:latest")]
    [InlineData("app@" + Digest, "docker.io/library/app@" + Digest, "app@" + Digest)]
    public void NormalisesAsDocker(string text, string full, string familiar)
    {
        ImageReference reference = ImageReference.Parse(text).WithDefaultTag();
        Assert.Equal(full, reference.ToString());
        Assert.Equal(familiar, reference.Familiar);
        Assert.Equal(reference, ImageReference.Parse(full));
    }

    [Theory]
    [InlineData("", "invalid reference format")]
    [InlineData("Busybox", "invalid reference format: repository name (library/Busybox) must be lowercase")]
    [InlineData("a//b", "invalid reference format")]
    [InlineData("../x", "invalid reference format")]
    [InlineData("/x", "invalid reference format")]
    [InlineData("x:", "invalid reference format")]
    [InlineData("x:-t", "invalid reference format")]
    [InlineData("x@sha256:abc", "invalid reference format")]
    [InlineData("x y", "invalid reference format")]
    [InlineData("x\n", "invalid reference format")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "invalid repository name")]
    public void RefusesInDockersWords(string text, string message)
    {
        EngineException error = Assert.Throws<EngineException>(() => ImageReference.Parse(text));
        Assert.Equal(ErrorKind.InvalidParameter, error.Kind);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RefusesEndlessNames()
    {
        Assert.Throws<EngineException>(() => ImageReference.Parse(new string('a', 256)));
        Assert.Throws<EngineException>(() => ImageReference.Parse("a:" + new string('t', 129)));
        Assert.Equal("latest", ImageReference.ParseTarget(new string('a', 200)).Tag);
    }

    [Fact]
    public void TargetsHaveNoDigest() => Assert.Throws<EngineException>(() => ImageReference.ParseTarget("a@" + Digest));

    [Fact]
    public void RepositoryAndTagComeInTwoFields()
    {
        Assert.Equal("host:5000/app:v2", ImageReference.ParseTarget("host:5000/app", "v2").Familiar);
        Assert.Throws<EngineException>(() => ImageReference.ParseTarget("app:v1", "v2"));
        Assert.Throws<EngineException>(() => ImageReference.ParseTarget("app", "v2@" + Digest));
    }
}
