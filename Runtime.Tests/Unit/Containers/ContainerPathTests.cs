using Rtd.Daemon.Containers.Archives;
using Rtd.Daemon.Errors;

namespace Rtd.Tests.Unit.Containers;

/// <summary>Paths of <c>docker cp</c>.</summary>
public sealed class ContainerPathTests
{
    [Theory]
    [InlineData("/", "/", "/", "/", true)]
    [InlineData("/.", "/", "/.", ".", true)]
    [InlineData(".", "/", "/.", ".", true)]
    [InlineData("a", "/a", "/a", "a", false)]
    [InlineData("/a/", "/a", "/a/", "a", true)]
    [InlineData("/a/.", "/a", "/a/.", ".", true)]
    [InlineData("/a/b/../c", "/a/c", "/a/c", "c", false)]
    [InlineData("/../../etc//passwd", "/etc/passwd", "/etc/passwd", "passwd", false)]
    [InlineData("/..", "/", "/", "/", true)]
    [InlineData("/a/..b", "/a/..b", "/a/..b", "..b", false)]
    public void Is_cleaned_and_keeps_what_its_end_says(string path, string clean, string text, string name, bool directory)
    {
        ContainerPath parsed = ContainerPath.Parse(path);

        Assert.Equal((clean, text, name, directory), (parsed.Clean, parsed.Text, parsed.Base, parsed.MustBeDirectory));
    }

    [Theory]
    [InlineData("/a/b", "a/b\0", "a\0")]
    [InlineData("/a", "a\0", "\0")]
    [InlineData("/", "\0", "\0")]
    public void Is_relative_to_the_root_for_the_kernel(string path, string bytes, string directory)
    {
        ContainerPath parsed = ContainerPath.Parse(path);

        Assert.Equal((bytes, directory), (System.Text.Encoding.UTF8.GetString(parsed.Bytes), System.Text.Encoding.UTF8.GetString(parsed.Directory)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/a\0b")]
    public void Is_refused_when_it_names_nothing(string? path) =>
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => ContainerPath.Parse(path)).Kind);
}
