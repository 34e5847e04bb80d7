using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Changes;
using Xunit;

namespace Rtd.Tests.Unit.Images;

public sealed class ConfigChangesTests
{
    [Fact]
    public void CommandsHaveTwoForms()
    {
        Assert.Equal(["/bin/sh", "-c", "echo $HOME && exit 1"], Apply("CMD echo $HOME && exit 1").Cmd);
        Assert.Equal(["a", "b c"], Apply("cmd [\"a\", \"b c\"]").Cmd);
        Assert.Equal(["/bin/sh", "-c", "[ -f x ] && y"], Apply("CMD [ -f x ] && y").Cmd);
        Assert.Equal(["x"], Apply("ENTRYPOINT [\"x\"]").Entrypoint);
    }

    [Fact]
    public void EntrypointForgetsAnInheritedCommandOnly()
    {
        ContainerConfig inherited = new() { Cmd = ["old"] };
        ConfigChanges.Apply(inherited, ["ENTRYPOINT [\"x\"]"]);
        Assert.Null(inherited.Cmd);
        Assert.Equal(["new"], Apply("CMD [\"new\"]", "ENTRYPOINT [\"x\"]").Cmd);
    }

    [Fact]
    public void EnvironmentQuotesExpandsAndReplaces()
    {
        ContainerConfig config = Apply("ENV A=1 B=\"two words\" C=x\\ y", "ENV A=$B-${NONE:-else}${A:+!} D='$A'", "ENV OLD the rest of it");
        Assert.Equal(["A=two words-else!", "B=two words", "C=x y", "D=$A", "OLD=the rest of it"], config.Env);
    }

    [Fact]
    public void ExposesPortsAndRanges() =>
        Assert.Equal(["53/udp", "80/tcp", "8000/tcp", "8001/tcp"], Apply("EXPOSE 80 53/udp 8000-8001").ExposedPorts!.Keys.Order());

    [Fact]
    public void ExposesTheContainersSideOfWhatLooksLikePublishing() =>
        Assert.Equal(["2/tcp", "4/udp", "6/tcp", "8/tcp"], Apply("EXPOSE 1:2 127.0.0.1:3:4/udp [::1]:5:6 127.0.0.1::8/").ExposedPorts!.Keys.Order());

    [Fact]
    public void OthersSetTheirField()
    {
        ContainerConfig config = Apply(
            "LABEL a=1 \"b c\"=\"d e\"", "USER 1000:5", "VOLUME [\"/a\", \"/b c\"]", "VOLUME /d /e", "WORKDIR /w", "WORKDIR sub/../x", "ONBUILD RUN make", "STOPSIGNAL SIGQUIT");
        Assert.Equal("d e", config.Labels!["b c"]);
        Assert.Equal("1000:5", config.User);
        Assert.Equal(["/a", "/b c", "/d", "/e"], config.Volumes!.Keys.Order());
        Assert.Equal("/w/x", config.WorkingDir);
        Assert.Equal(["RUN make"], config.OnBuild);
        Assert.Equal("SIGQUIT", config.StopSignal);
    }

    [Fact]
    public void HealthcheckHasSettingsAndTwoForms()
    {
        HealthConfig health = Apply("HEALTHCHECK --interval=1m30s --timeout=250ms --start-period=5s --start-interval=1s --retries=4 CMD test -f x || exit 1").Healthcheck!;
        Assert.Equal(["CMD-SHELL", "test -f x || exit 1"], health.Test);
        Assert.Equal((90_000_000_000, 250_000_000, 5_000_000_000, 1_000_000_000, 4), (health.Interval, health.Timeout, health.StartPeriod, health.StartInterval, health.Retries));
        Assert.Equal(["CMD", "a", "b c"], Apply("HEALTHCHECK CMD [\"a\", \"b c\"]").Healthcheck!.Test);
        Assert.Equal(["NONE"], Apply("healthcheck none").Healthcheck!.Test);
    }

    [Theory]
    [InlineData("RUN x", "RUN is not a valid change command")]
    [InlineData("ENV", "requires at least one argument")]
    [InlineData("ENV A", "must have two arguments")]
    [InlineData("ENV =x", "names can not be blank")]
    [InlineData("ENV A=1 B", "can't find = in \"B\"")]
    [InlineData("ENV A=\"x", "matching double-quote")]
    [InlineData("EXPOSE 70000", "invalid containerPort")]
    [InlineData("EXPOSE 9-8", "invalid containerPort")]
    [InlineData("EXPOSE 80/icmp", "invalid proto: icmp")]
    [InlineData("EXPOSE /tcp", "no port specified: /tcp<empty>")]
    [InlineData("EXPOSE x:80", "invalid hostPort: x")]
    [InlineData("EXPOSE 1.2.3:80:80", "invalid IP address: 1.2.3")]
    [InlineData("EXPOSE 80-82:90-93", "invalid ranges specified for container and host Ports: 90-93 and 80-82")]
    [InlineData("STOPSIGNAL NOPE", "invalid signal: NOPE")]
    [InlineData("STOPSIGNAL RTMIN+99", "invalid signal: RTMIN+99")]
    [InlineData("HEALTHCHECK --interval=abc CMD x", "time: invalid duration \"abc\"")]
    [InlineData("HEALTHCHECK --interval=-1s CMD x", "cannot be less than 1ms")]
    [InlineData("HEALTHCHECK --retries=x CMD x", "strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("HEALTHCHECK --retries=-1 CMD x", "--retries must be at least 1 (not -1)")]
    [InlineData("ONBUILD ONBUILD RUN x", "isn't allowed")]
    [InlineData("ONBUILD FROM x", "isn't allowed")]
    [InlineData("HEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD")]
    [InlineData("HEALTHCHECK PING x", "Unknown type \"PING\" in HEALTHCHECK (try CMD)")]
    [InlineData("HEALTHCHECK NONE x", "takes no arguments")]
    [InlineData("HEALTHCHECK --retries=0 CMD x", "--retries must be at least 1")]
    [InlineData("HEALTHCHECK --interval=10us CMD x", "Interval \"interval\" cannot be less than 1ms")]
    [InlineData("HEALTHCHECK --often CMD x", "unknown flag: --often")]
    [InlineData("STOPSIGNAL 0", "invalid signal")]
    public void RefusesInDockersWords(string change, string message)
    {
        EngineException error = Assert.Throws<EngineException>(() => Apply(change));
        Assert.Equal(ErrorKind.InvalidParameter, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static ContainerConfig Apply(params string[] changes)
    {
        ContainerConfig config = new();
        ConfigChanges.Apply(config, changes);
        return config;
    }
}
