using Rtd.Daemon.Configuration;
using Xunit;

namespace Rtd.Tests.Unit.Configuration;

/// <summary>Flags as Docker's users type them.</summary>
public sealed class ArgumentNormalizerTests
{
    [Theory]
    [InlineData("--debug", "--debug=true")]
    [InlineData("-D", "--debug=true")]
    [InlineData("--debug=false", "--debug=false")]
    [InlineData("--debug=0", "--debug=false")]
    [InlineData("-D=false", "--debug=false")]
    [InlineData("--icc=FALSE --iptables=t", "--icc=false --iptables=true")]
    [InlineData("-Dl debug", "--debug=true --log-level=debug")]
    [InlineData("-Dlwarn", "--debug=true --log-level=warn")]
    [InlineData("-l=warn", "--log-level=warn")]
    [InlineData("-DHunix:///a -H unix:///b --host unix:///c --host=unix:///d", "--debug=true --host=unix:///a --host=unix:///b --host=unix:///c --host=unix:///d")]
    [InlineData("--mtu 1400 --mtu=1300", "--mtu=1300")]
    [InlineData("--oom-score-adjust -500", "--oom-score-adjust=-500")]
    [InlineData("--label a=b=c --label d=", "--label=a=b=c --label=d=")]
    [InlineData("--bridge= --data-root /x", "--data-root=/x")]
    [InlineData("--selinux-enabled=false --init-path= --mtu 9000", "--mtu=9000")]
    [InlineData("--debug --", "--debug=true")]
    public void Arguments_take_one_form(string typed, string normal) =>
        Assert.Equal(normal, string.Join(' ', ArgumentNormalizer.Normalize(typed.Split(' '))));

    [Theory]
    [InlineData("--foo", "unknown flag: --foo")]
    [InlineData("--Debug", "unknown flag: --Debug")]
    [InlineData("-X", "unknown shorthand flag: 'X' in -X")]
    [InlineData("-DX", "unknown shorthand flag: 'X' in -DX")]
    [InlineData("--mtu", "flag needs an argument: --mtu")]
    [InlineData("-DH", "flag needs an argument: 'H' in -DH")]
    [InlineData("--mtu x", "invalid argument \"x\" for \"--mtu\" flag: must be an integer")]
    [InlineData("--debug=maybe", "invalid argument \"maybe\" for \"-D, --debug\" flag: must be true or false")]
    [InlineData("--debug true", "\"rtd daemon\" accepts no argument(s)")]
    [InlineData("-H a -- b", "\"rtd daemon\" accepts no argument(s)")]
    [InlineData("--init-path /x", "--init-path is not available in this version of rtd")]
    [InlineData("--rootless", "--rootless is not available in this version of rtd")]
    public void Wrong_arguments_are_named(string typed, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => ArgumentNormalizer.Normalize(typed.Split(' '))).Message);
}
