using Rtd.Tests.Integration.EndToEnd.Builds;
using Xunit;

namespace Rtd.Tests.Unit.Builds;

/// <summary>
/// What is expected of samples that Debian's docker cannot build is what buildah makes of the same input. scripts/second-opinion writes down anew
/// what that is.
/// </summary>
public sealed class SecondOpinionTests
{
    /// <summary>Paths, and what is below them, that buildah 1.39 makes otherwise or not at all.</summary>
    private static readonly Dictionary<string, string[]> s_own = new()
    {
        // BuildKit takes the backslash of \$NAME out of a heredoc, buildah leaves it; a heredoc that is a program is none in its isolation.
        ["04-heredocs"] = ["/files/one.txt", "/made/three"],

        // It has no COPY --parents.
        ["17-newer-flags"] = ["/parents", "/pivot"],
    };

    public static TheoryData<string> Names => new(Sample.Names.Where(name => File.Exists(new Sample(name).SecondOpinionPath)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Buildah_makes_the_same(string name)
    {
        Sample sample = new(name);

        string[] expected = [.. File.ReadAllLines(sample.ExpectedPath).Where(line => !IsOwn(name, line))];
        string[] buildah = [.. File.ReadAllLines(sample.SecondOpinionPath).Where(line => !IsOwn(name, line))];

        Assert.NotEmpty(expected);
        ImageListing.AssertSame(expected, buildah);
    }

    [Fact]
    public void Samples_of_newer_syntax_have_one() =>
        Assert.Equal(["04-heredocs", "08-arguments", "14-mounts", "16-from-image", "17-newer-flags", "18-target"], Sample.Names.Where(name => File.Exists(new Sample(name).SecondOpinionPath)));

    private static bool IsOwn(string sample, string line) =>
        s_own.GetValueOrDefault(sample, []).Any(path => line.StartsWith($"+ {path} ", StringComparison.Ordinal) || line.StartsWith($"+ {path}/", StringComparison.Ordinal));
}
