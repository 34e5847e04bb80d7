using Rtd.Daemon.Builds.Dockerfiles.Words;
using Rtd.Daemon.Errors;
using Xunit;

namespace Rtd.Tests.Unit.Builds;

public sealed class WordExpanderTests
{
    private static readonly Dictionary<string, string> s_variables = new()
    {
        ["x"] = "value",
        ["empty"] = "",
        ["path"] = "/usr/local/lib/libfoo.so.1",
        ["two"] = "a  b",
        ["star"] = "a*b*c",
    };

    private static readonly WordExpander s_words = new(name => s_variables.GetValueOrDefault(name));

    [Theory]
    [InlineData("$x", "value")]
    [InlineData("${x}y", "valuey")]
    [InlineData("$xy", "")]
    [InlineData("$x-$none-", "value--")]
    [InlineData("${none:-y}${empty:-y}${x:-y}", "yyvalue")]
    [InlineData("${none-y}${empty-y}", "y")]
    [InlineData("${none:+y}${empty:+y}${x:+y}", "y")]
    [InlineData("${none+y}${empty+y}${x+y}", "yy")]
    [InlineData("${x:?m}${empty?m}", "value")]
    [InlineData("${none:-${empty:-${x}}}", "value")]
    [InlineData("${none:-\"a } b\"}", "a } b")]
    [InlineData("${path#*/}", "usr/local/lib/libfoo.so.1")]
    [InlineData("${path##*/}", "libfoo.so.1")]
    [InlineData("${path%.*}", "/usr/local/lib/libfoo.so")]
    [InlineData("${path%%.*}", "/usr/local/lib/libfoo")]
    [InlineData("${path%none}${x#?}", "/usr/local/lib/libfoo.so.1alue")]
    [InlineData("${path/lib/X}", "/usr/local/X/libfoo.so.1")]
    [InlineData("${path//lib/X}", "/usr/local/X/Xfoo.so.1")]
    [InlineData("${path//\\//-}", "-usr-local-lib-libfoo.so.1")]
    [InlineData("${star/\\*/+}${star#a\\*}", "a+b*cb*c")]
    [InlineData("${x/a*u/}", "ve")]
    [InlineData("'$x' \"$x\" \\$x", "$x value $x")]
    [InlineData("\"a\\b \\\" \\$\"", "a\\b \" $")]
    [InlineData("a\\b\\", "ab")]
    [InlineData("$", "$")]
    [InlineData("$%", "$%")]
    [InlineData("$1a", "a")]
    public void Expands(string word, string expected) => Assert.Equal(expected, s_words.Expand(word));

    [Theory]
    [InlineData("${none:?is missing}", "failed to process \"${none:?is missing}\": none: is missing")]
    [InlineData("${none?}", "none: is not allowed to be unset")]
    [InlineData("${empty:?}", "empty: is not allowed to be empty")]
    [InlineData("${x", "syntax error: missing '}'")]
    [InlineData("${x:-y", "syntax error: missing '}'")]
    [InlineData("${", "syntax error: missing '}'")]
    [InlineData("${}", "syntax error: bad substitution")]
    [InlineData("${x/a}", "syntax error: missing '/' in ${}")]
    [InlineData("${x:=y}", "unsupported modifier (:=) in substitution")]
    [InlineData("${x^}", "unsupported modifier (^) in substitution")]
    [InlineData("${x#\\a}", "invalid pattern (\\a) in substitution: invalid escape '\\a'")]
    [InlineData("'x", "unexpected end of statement while looking for matching single-quote")]
    [InlineData("\"x", "unexpected end of statement while looking for matching double-quote")]
    public void RefusesInDockersWords(string word, string message) =>
        Assert.Contains(message, Assert.Throws<EngineException>(() => s_words.Expand(word)).Message, StringComparison.Ordinal);

    [Fact]
    public void NestingIsBounded() =>
        Assert.Contains("nested too deeply", Assert.Throws<EngineException>(() => s_words.Expand(string.Concat(Enumerable.Repeat("${n:-", 100_000)))).Message, StringComparison.Ordinal);

    [Fact]
    public void VariablesMayHoldSeveralWords()
    {
        Assert.Equal(["a", "b", "a  b", "c d"], s_words.ExpandWords("$two \"$two\" c\\ d "));
        Assert.Equal("a  b", s_words.Expand("$two"));
    }

    [Fact]
    public void DocumentsKeepTheirQuotes() => Assert.Equal("\"value\" 'value' $x\n", s_words.ExpandDocument("\"$x\" '${x}' \\$x\n"));

    [Fact]
    public void TheEscapeMayBeABacktick() => Assert.Equal("c:\\value $x", new WordExpander(_ => "value", '`').Expand("c:\\$x `$x"));
}
