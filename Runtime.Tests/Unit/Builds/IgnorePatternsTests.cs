using Rtd.Protocol.Patterns;
using Xunit;

namespace Rtd.Tests.Unit.Builds;

public sealed class IgnorePatternsTests
{
    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a", "a/b/c", true)]
    [InlineData("a", "b/a", false)]
    [InlineData("/a/", "a", true)]
    [InlineData("./a//b/../c", "a/c", true)]
    [InlineData("*/temp*", "x/temporary", true)]
    [InlineData("*/temp*", "x/y/temp", false)]
    [InlineData("*/*/temp*", "x/y/temp", true)]
    [InlineData("temp?", "tempa", true)]
    [InlineData("temp?", "temp", false)]
    [InlineData("**/*.go", "a/b/c.go", true)]
    [InlineData("**/*.go", "c.go", true)]
    [InlineData("**/*.go", "c.gox", false)]
    [InlineData("a/**", "a/b", true)]
    [InlineData("a/**", "a", false)]
    [InlineData("a/**/z", "a/z", true)]
    [InlineData("a/**/z", "a/b/c/z", true)]
    [InlineData("a/**/z", "a/bz", false)]
    [InlineData("**", "anything/at/all", true)]
    [InlineData("**/a", "xa", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[^a-c]x", "bx", false)]
    [InlineData("\\*x", "*x", true)]
    [InlineData("\\*x", "ax", false)]
    [InlineData("a(b)+.$", "a(b)+.$", true)]
    [InlineData("# a", "# a", false)]
    [InlineData("  a  \r\n", "a", true)]
    [InlineData("*\n!keep", "keep", false)]
    [InlineData("*\n!keep", "keep/x", false)]
    [InlineData("*\n!keep\nkeep/x", "keep/x", true)]
    [InlineData("!keep\n*", "keep", true)]
    [InlineData("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true)]
    [InlineData("*.md\n!README*.md\nREADME-secret.md", "README-x.md", false)]
    [InlineData("docs\n!docs/a", "docs/a/b", false)]
    [InlineData("docs\n!docs/a", "docs/b", true)]
    public void LastMatchDecides(string rules, string path, bool isExcluded) => Assert.Equal(isExcluded, IgnorePatterns.Parse(rules).Excludes(path));

    [Theory]
    [InlineData("*\n!a/b/c", "a", true)]
    [InlineData("*\n!a/b/c", "a/b", true)]
    [InlineData("*\n!a/b/c", "a/b/c", false)]
    [InlineData("*\n!a/b/c", "b", false)]
    [InlineData("*\n!a", "a", false)]
    [InlineData("*\n!**/x", "deep/er", true)]
    [InlineData("*\n!a*/x", "ab", true)]
    [InlineData("*", "a", false)]
    public void ExceptionsAreLookedForBelow(string rules, string directory, bool may) => Assert.Equal(may, IgnorePatterns.Parse(rules).MayKeepBelow(directory));

    [Fact]
    public void KeptPathsAreNoPatterns()
    {
        IgnorePatterns patterns = IgnorePatterns.Parse("*").Keeping(["d/[x].Dockerfile"]);
        Assert.False(patterns.Excludes("d/[x].Dockerfile"));
        Assert.True(patterns.Excludes("d/x.Dockerfile"));
    }

    [Theory]
    [InlineData("!", "illegal exclusion pattern: \"!\"")]
    [InlineData("[a", "syntax error in pattern")]
    [InlineData("[]", "syntax error in pattern")]
    [InlineData("a\\", "syntax error in pattern")]
    public void BadPatternsAreRefused(string rules, string message) => Assert.Equal(message, Assert.Throws<FormatException>(() => IgnorePatterns.Parse(rules)).Message);

    [Fact]
    public void HostilePatternsAreMatchedInTime() =>
        Assert.False(IgnorePatterns.Parse(string.Concat(Enumerable.Repeat("**/*a*", 200)) + "b").Excludes(string.Concat(Enumerable.Repeat("a/", 500))));
}
