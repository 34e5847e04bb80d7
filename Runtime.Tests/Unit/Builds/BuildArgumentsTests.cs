using Rtd.Daemon.Builds.Dockerfiles;
using Rtd.Daemon.Builds.Dockerfiles.Arguments;
using Rtd.Daemon.Builds.Dockerfiles.Instructions;
using Xunit;

namespace Rtd.Tests.Unit.Builds;

public sealed class BuildArgumentsTests
{
    private readonly List<string> _environment = [];

    [Fact]
    public void GlobalsServeFromAndOnlyDeclaredOnesStages()
    {
        BuildArguments build = Build("ARG A=1\nARG B=$A-2\nARG C=3\nFROM x:$B", new() { ["C"] = "given" });
        Assert.Equal("x:1-2-given-linux/arm64/v8", build.FromWords.Expand("x:$B-$C-$TARGETPLATFORM"));
        StageVariables stage = new(build, null, () => _environment);
        Assert.Equal("[][]", stage.Words.Expand("[$A][$TARGETARCH]"));
        Declare(stage, "ARG A", "ARG TARGETARCH", "ARG C=own", "ARG D=${A:-x}y");
        Assert.Equal("1 arm64 given 1y", stage.Words.Expand("$A $TARGETARCH $C $D"));
        Assert.Equal(["A=1", "C=given", "D=1y", "TARGETARCH=arm64"], stage.RecordedEnvironment);
    }

    [Fact]
    public void EnvironmentHidesArguments()
    {
        StageVariables stage = new(Build("FROM x", new() { ["A"] = "given" }), null, () => _environment);
        Declare(stage, "ARG A=1", "ARG B");
        Assert.Equal("given", stage.Words.Expand("$A"));
        _environment.Add("A=env");
        Assert.Equal("env", stage.Words.Expand("$A"));
        Assert.Empty(stage.RunEnvironment);
    }

    [Fact]
    public void ProxiesAreThereButNotRecordedUnlessDeclared()
    {
        BuildArguments build = Build("FROM x", new() { ["HTTP_PROXY"] = "http://p" });
        StageVariables stage = new(build, null, () => _environment);
        Assert.Equal(["HTTP_PROXY=http://p"], stage.RunEnvironment);
        Assert.Empty(stage.RecordedEnvironment);
        Assert.Null(build.UnconsumedWarning);
        Declare(stage, "ARG HTTP_PROXY");
        Assert.Equal(["HTTP_PROXY=http://p"], stage.RecordedEnvironment);
    }

    [Fact]
    public void StagesInheritAndUnusedArgumentsAreTold()
    {
        BuildArguments build = Build("FROM x", new() { ["A"] = "1", ["foo"] = "2", ["bar"] = null });
        Assert.Equal("[Warning] One or more build-args [A bar foo] were not consumed", build.UnconsumedWarning);
        StageVariables parent = new(build, null, () => _environment);
        Declare(parent, "ARG A", "ARG bar=default");
        StageVariables child = new(build, parent, () => _environment);
        Declare(child, "ARG A=2");
        Assert.Equal("1default", child.Words.Expand("$A$bar"));
        Assert.Equal("[Warning] One or more build-args [foo] were not consumed", build.UnconsumedWarning);
    }

    [Fact]
    public void ALineOfEnvDoesNotSeeItself()
    {
        _environment.Add("A=old");
        StageVariables stage = new(Build("FROM x", []), null, () => _environment);
        EnvInstruction env = (EnvInstruction)Dockerfile.ParseTrigger("ENV A=new B=$A").Expand(stage.Words);
        Assert.Equal("old", env.Variables[1].Value);
    }

    private static BuildArguments Build(string text, Dictionary<string, string?> given) =>
        new(given, PlatformArguments.For("linux/amd64", "linux/arm64/v8"), Dockerfile.Parse(text));

    private static void Declare(StageVariables stage, params string[] lines)
    {
        foreach (string line in lines)
        {
            stage.Declare((ArgInstruction)Dockerfile.ParseTrigger(line).Expand(stage.Words));
        }
    }
}
