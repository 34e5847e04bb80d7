using Rtd.Daemon.Builds.Dockerfiles;
using Rtd.Daemon.Builds.Dockerfiles.Instructions;
using Rtd.Daemon.Errors;
using Xunit;

namespace Rtd.Tests.Unit.Builds;

public sealed class DockerfileTests
{
    [Fact]
    public void StagesHaveNamesBasesAndPlatforms()
    {
        Dockerfile file = Dockerfile.Parse("""
            ARG VERSION=1
            # a comment
            FROM --platform=$BUILDPLATFORM alpine:$VERSION AS Build
            RUN make

            from scratch
            COPY --from=build /x /y
            CMD ["/y"]
            """);
        Assert.Equal("VERSION", Assert.Single(file.GlobalArguments).Arguments[0].Name);
        Assert.Equal(2, file.Stages.Count);
        Stage first = file.Stages[0];
        Assert.Equal((0, "alpine:$VERSION", "build", "$BUILDPLATFORM", 3), (first.Index, first.Base, first.Name, first.Platform, first.Source.Number));
        Assert.Equal("FROM --platform=$BUILDPLATFORM alpine:$VERSION AS Build", first.Source.Text);
        Stage second = file.Stages[1];
        Assert.Equal((1, "scratch", null, 6), (second.Index, second.Base, second.Name, second.Source.Number));
        Assert.Equal(["COPY", "CMD"], second.Instructions.Select(instruction => instruction.Keyword));
        Assert.Equal(7, second.Instructions[0].Source.Number);
    }

    [Fact]
    public void StagesAreFoundByNameAndNumberAmongThoseBefore()
    {
        Dockerfile file = Dockerfile.Parse("FROM a AS x\nFROM b AS y\nFROM c AS x");
        Assert.Equal(0, file.FindStage("X", 2)!.Index);
        Assert.Equal(2, file.FindStage("x", 3)!.Index);
        Assert.Equal(1, file.FindStage("1", 2)!.Index);
        Assert.Null(file.FindStage("2", 2));
        Assert.Null(file.FindStage("z", 3));
    }

    [Fact]
    public void LinesContinueWithoutCommentsAndEmptyOnesWarn()
    {
        Dockerfile file = Dockerfile.Parse("FROM a\nRUN one && \\  \n  # not this\n    two \\\n\n    three\nRUN echo a\\\\\nCMD x");
        Assert.Equal("RUN one &&     two     three", file.Stages[0].Instructions[0].Source.Text);
        Assert.Equal(@"RUN echo a\\", file.Stages[0].Instructions[1].Source.Text);
        Assert.Equal(
            ["[WARNING]: Empty continuation line found in:\n    RUN one &&     two     three", "[WARNING]: Empty continuation lines will become errors in a future release."],
            file.Warnings);
    }

    [Fact]
    public void DirectivesStandAtTheTop()
    {
        Dockerfile file = Dockerfile.Parse("# escape=`\r\n# syntax = docker/dockerfile:1\r\nFROM a\r\nENV X=a` b\\\r\nRUN dir `\r\n  c:\\\r\n");
        Assert.Equal('`', file.Escape);
        Assert.Equal(["[Warning] the syntax directive \"docker/dockerfile:1\" is ignored: this builder reads the language itself"], file.Warnings);
        Assert.Equal("RUN dir   c:\\", file.Stages[0].Instructions[1].Source.Text);
        Assert.Equal('\\', Dockerfile.Parse("# other\n# escape=`\nFROM a").Escape);
        Assert.Contains("only one escape parser directive can be used", Refusal("# escape=`\n# escape=`\nFROM a"), StringComparison.Ordinal);
        Assert.Contains("invalid escape token 'x' does not match ` or \\", Refusal("# escape=x\nFROM a"), StringComparison.Ordinal);
    }

    [Fact]
    public void HeredocsBecomeFilesOrScripts()
    {
        Dockerfile file = Dockerfile.Parse("""
            FROM a
            COPY <<one.txt <<-'two.txt' plain /dir/
            1 $X
            one.txt
            	2 $X
            	two.txt
            RUN <<EOF
            # not a comment
            echo \
            EOF
            RUN cat <<A - <<B | sort
            a
            A
            b
            B
            RUN <<'EOF'
            #!/usr/bin/python3
            print(1)
            EOF
            CMD x
            """);
        CopyInstruction copy = (CopyInstruction)file.Stages[0].Instructions[0];
        Assert.Equal(["plain"], copy.Sources.Paths);
        Assert.Equal("/dir/", copy.Sources.Destination);
        Assert.Equal([new Heredoc("one.txt", "1 $X\n", true, false), new Heredoc("two.txt", "\t2 $X\n", false, true)], copy.Sources.Documents);
        Assert.Equal("2 $X\n", copy.Sources.Documents[1].Body);
        Assert.Equal(["# not a comment\necho \\\n"], Run(file, 1).Command.Words);
        Assert.Equal(["cat <<A - <<B | sort\na\nA\nb\nB"], Run(file, 2).Command.Words);
        Assert.Null(Run(file, 2).ScriptFile);
        Assert.Equal("#!/usr/bin/python3\nprint(1)\n", Run(file, 3).ScriptFile!.Body);
        Assert.Equal(16, file.Stages[0].Instructions[3].Source.Number);
        Assert.IsType<CmdInstruction>(file.Stages[0].Instructions[4]);
        Assert.Contains("unterminated heredoc", Refusal("FROM a\nRUN <<EOF\nx"), StringComparison.Ordinal);
    }

    [Fact]
    public void ShiftsAndArraysAreNoHeredocs()
    {
        Dockerfile file = Dockerfile.Parse("FROM a\nRUN echo $((1<<2)) \"<<EOF\"\nRUN [\"cat\", \"<<EOF\"]\nCMD <<EOF");
        Assert.Equal(3, file.Stages[0].Instructions.Count);
    }

    [Fact]
    public void FlagsBecomeProperties()
    {
        CopyInstruction copy = One<CopyInstruction>("COPY --from=0 --chown=1:2 --chmod=u+x --link --parents --exclude=*.o --exclude=\"a b\" x y /z");
        Assert.Equal(("0", "1:2", "u+x", true, true), (copy.From, copy.Chown, copy.Chmod, copy.Link, copy.Parents));
        Assert.Equal(["*.o", "a b"], copy.Exclude);
        Assert.Equal(["x", "y"], copy.Sources.Paths);
        AddInstruction add = One<AddInstruction>("ADD --checksum=sha256:00 --keep-git-dir=true --link=false [\"http://h/a b\", \"/z\"]");
        Assert.Equal(("sha256:00", true, false), (add.Checksum, add.KeepGitDirectory, add.Link));
        Assert.Equal(["http://h/a b"], add.Sources.Paths);
        Assert.Equal(RunNetwork.None, One<RunInstruction>("RUN --network=none x").Network);
    }

    [Fact]
    public void CommandsHaveTwoForms()
    {
        Assert.Equal(["/bin/sh", "-c", "echo  \"$X\""], One<RunInstruction>("RUN echo  \"$X\"").Command.Resolve(null));
        Assert.Equal(["bash", "-c", "[ -f x ]"], One<CmdInstruction>("CMD [ -f x ]").Command.Resolve(["bash", "-c"]));
        Assert.Equal(["a", "b"], One<EntrypointInstruction>("ENTRYPOINT [\"a\",\"b\"]").Command.Resolve(["bash", "-c"]));
        Assert.Equal(["['a']"], One<CmdInstruction>("CMD ['a']").Command.Words);
        Assert.Empty(One<CmdInstruction>("CMD []").Command.Words);
    }

    [Fact]
    public void TriggersKeepTheirHeredocs()
    {
        OnbuildInstruction trigger = One<OnbuildInstruction>("ONBUILD RUN cat <<EOF >/f\n x\nEOF");
        Assert.Equal("RUN cat <<EOF >/f\n x\nEOF", trigger.Trigger);
        Assert.Equal(["cat <<EOF >/f\n x\nEOF"], Assert.IsType<RunInstruction>(Dockerfile.ParseTrigger(trigger.Trigger)).Command.Words);
        Assert.Contains("isn't allowed", Assert.Throws<EngineException>(() => Dockerfile.ParseTrigger("FROM x")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "the Dockerfile (Dockerfile) cannot be empty")]
    [InlineData("# only\n\n", "failed to parse Dockerfile: file with no instructions")]
    [InlineData("FROM a\n\nFOO bar", "dockerfile parse error on line 3: unknown instruction: FOO\n    3 | >>> FOO bar")]
    [InlineData("FROM a b", "dockerfile parse error on line 1: FROM requires either one or three arguments")]
    [InlineData("FROM a AS 1b", "invalid name for build stage: \"1b\", name can't start with a number or contain symbols")]
    [InlineData("RUN x", "dockerfile parse error on line 1: no build stage in current context")]
    [InlineData("ARG x", "dockerfile contains no stages to build")]
    [InlineData("FROM a\nCOPY --form=b x y", "unknown flag: --form")]
    [InlineData("FROM a\nCOPY --from x y", "Missing a value on flag: from")]
    [InlineData("FROM a\nCOPY --from=a --from=b x y", "Duplicate flag specified: from")]
    [InlineData("FROM a\nCOPY --link=maybe x y", "Expecting boolean value for flag link, not: maybe")]
    [InlineData("FROM a\nCOPY x", "COPY requires at least two arguments, but only one was provided. Destination could not be determined")]
    [InlineData("FROM a\nCOPY x <<EOF\nEOF", "COPY cannot accept a heredoc as a destination")]
    [InlineData("FROM a\nENV x", "ENV must have two arguments")]
    [InlineData("FROM a\nENV a=1 b", "Syntax error - can't find = in \"b\". Must be of the form: name=value")]
    [InlineData("FROM a\nARG", "ARG requires at least one argument")]
    [InlineData("FROM a\nWORKDIR", "WORKDIR requires exactly one argument")]
    [InlineData("FROM a\nSHELL bash -c", "SHELL requires the arguments to be in JSON form: SHELL bash -c")]
    [InlineData("FROM a\nVOLUME [\"\"]", "VOLUME specified can not be an empty string")]
    [InlineData("FROM a\nCMD [1]", "when using JSON array syntax, arrays must be comprised of strings only")]
    [InlineData("FROM a\nRUN --network=x y", "invalid network mode \"x\"")]
    [InlineData("FROM a\nRUN --security=insecure y", "security.insecure is not allowed")]
    [InlineData("FROM a\nRUN --mount=type=bind,from=$X,target=/y z", "'from' doesn't support variable expansion, define alias stage instead")]
    [InlineData("FROM a\nONBUILD ONBUILD RUN x", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")]
    public void RefusesInDockersWords(string text, string message) => Assert.Contains(message, Refusal(text), StringComparison.Ordinal);

    private static string Refusal(string text)
    {
        EngineException error = Assert.Throws<EngineException>(() => Dockerfile.Parse(text));
        Assert.Equal(ErrorKind.InvalidParameter, error.Kind);
        return error.Message;
    }

    private static T One<T>(string text)
        where T : Instruction => Assert.IsType<T>(Assert.Single(Dockerfile.Parse("FROM a\n" + text).Stages[0].Instructions));

    private static RunInstruction Run(Dockerfile file, int index) => Assert.IsType<RunInstruction>(file.Stages[0].Instructions[index]);
}
