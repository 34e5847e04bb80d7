using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Builds;

/// <summary><c>docker build</c>: instructions, output, names.</summary>
public sealed class BuildTests(DaemonFixture fixture, ITestOutputHelper output) : BuildTest(fixture, output)
{
    [RootFact]
    public async Task Builds_an_image_step_by_step_and_tells_so()
    {
        Write(("hello.txt", "hello\n"));

        CommandResult built = (await BuildAsync(
            """
            FROM busybox
            ENV GREETING=hi
            WORKDIR /work
            COPY hello.txt copied/
            RUN echo "$GREETING from $PWD" > made && cat copied/hello.txt
            CMD ["cat", "made"]
            """, "-t", "built:one", "-t", "built:two")).Exits(0);

        Assert.Contains("Step 1/6 : FROM busybox\n ---> ", built.Stdout, StringComparison.Ordinal);
        Assert.Contains("Step 5/6 : RUN echo \"$GREETING from $PWD\" > made && cat copied/hello.txt\n ---> Running in ", built.Stdout, StringComparison.Ordinal);
        Assert.Contains("\nhello\n", built.Stdout, StringComparison.Ordinal);
        Assert.Contains("\nRemoving intermediate container ", built.Stdout, StringComparison.Ordinal);
        Assert.Matches("\nSuccessfully built [0-9a-f]{12}\nSuccessfully tagged built:one\nSuccessfully tagged built:two\n$", built.Stdout);
        Assert.Equal("hi from /work\n", (await DockerAsync("run", "--rm", "built:two")).Exits(0).Stdout);
        Assert.Equal("0:0 644\n", await InAsync("built:one", "stat -c '%u:%g %a' /work/copied/hello.txt"));
        Assert.Empty((await DockerAsync("ps", "-aq")).Exits(0).Lines);
    }

    [RootFact]
    public async Task The_image_says_what_the_classic_builder_says()
    {
        Write(("a", "a"));
        (await BuildAsync(
            """
            FROM busybox
            MAINTAINER someone
            ARG VERSION=1
            LABEL version=$VERSION other="two words"
            ENV A=b C="d e"
            EXPOSE 80 53/udp
            VOLUME /data
            USER 1000:1000
            WORKDIR /srv
            COPY a .
            STOPSIGNAL SIGINT
            HEALTHCHECK --interval=5s CMD true
            ENTRYPOINT ["echo"]
            CMD ["x", "y\"z"]
            """, "-t", "described")).Exits(0);

        JObject config = JObject.Parse(await ImageAsync("described", "{{json .Config}}"));
        string[] history = [.. (await DockerAsync("history", "--no-trunc", "--format", "{{.CreatedBy}}", "described")).Exits(0).Lines.Take(12)];

        Assert.Equal("1", (string?)config["Labels"]!["version"]);
        Assert.Equal("two words", (string?)config["Labels"]!["other"]);
        Assert.Equal(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "A=b", "C=d e"], config["Env"]!.Values<string>());
        Assert.Equal(["53/udp", "80/tcp"], ((JObject)config["ExposedPorts"]!).Properties().Select(property => property.Name).Order());
        Assert.Equal("1000:1000", (string?)config["User"]);
        Assert.Equal("/srv", (string?)config["WorkingDir"]);
        Assert.Equal("SIGINT", (string?)config["StopSignal"]);
        Assert.Equal(["echo"], config["Entrypoint"]!.Values<string>());
        Assert.Equal(["x", "y\"z"], config["Cmd"]!.Values<string>());
        Assert.Equal("someone", await ImageAsync("described", "{{.Author}}"));
        Assert.Equal("/bin/sh -c #(nop)  CMD [\"x\" \"y\\\"z\"]", history[0]);
        Assert.Equal("/bin/sh -c #(nop)  ENTRYPOINT [\"echo\"]", history[1]);
        Assert.Equal("/bin/sh -c #(nop)  HEALTHCHECK &{[\"CMD-SHELL\" \"true\"] \"5s\" \"0s\" \"0s\" '\\x00'}", history[2]);
        Assert.Equal("/bin/sh -c #(nop)  STOPSIGNAL SIGINT", history[3]);
        Assert.Matches("^/bin/sh -c #\\(nop\\) COPY file:[0-9a-f]{64} in \\. $", history[4]);
        Assert.Equal("/bin/sh -c #(nop) WORKDIR /srv", history[5]);
        Assert.Equal("/bin/sh -c #(nop)  USER 1000:1000", history[6]);
        Assert.Equal("/bin/sh -c #(nop)  VOLUME [/data]", history[7]);
        Assert.Equal("/bin/sh -c #(nop)  EXPOSE 53/udp 80", history[8]);
        Assert.Equal("/bin/sh -c #(nop)  ENV A=b C=d e", history[9]);
    }

    [RootFact]
    public async Task A_failing_command_ends_the_build_with_its_code()
    {
        Write();

        CommandResult failed = await BuildAsync("FROM busybox\nRUN exit 7\nRUN touch /never", "--force-rm");

        Assert.Equal(7, failed.ExitCode);
        failed.Says("The command '/bin/sh -c exit 7' returned a non-zero code: 7");
        Assert.Empty((await DockerAsync("ps", "-aq")).Exits(0).Lines);
        (await BuildAsync("FROM busybox\nRUN [\"no-such-program\"]", "--force-rm")).Says("executable file not found");
        Assert.Empty((await DockerAsync("ps", "-aq")).Exits(0).Lines);
    }

    [RootFact]
    public async Task The_container_of_a_failed_command_stays_to_be_looked_at()
    {
        Write();

        Assert.Equal(1, (await BuildAsync("FROM busybox\nRUN echo clue > /clue; false")).ExitCode);

        string container = (await DockerAsync("ps", "-aq")).Exits(0).Line;
        Assert.Equal("A /clue\n", (await DockerAsync("diff", container)).Exits(0).Stdout);
    }

    [RootFact]
    public async Task Steps_that_were_done_before_are_not_done_again()
    {
        Write(("file", "one"));
        const string Dockerfile = "FROM busybox\nARG A\nRUN echo $A; cat /proc/sys/kernel/random/uuid > /uuid\nCOPY file /file\nRUN cp /file /copy";
        (await BuildAsync(Dockerfile, "-t", "cached:1")).Exits(0);

        CommandResult again = (await BuildAsync(Dockerfile, "-t", "cached:2")).Exits(0);
        Assert.Equal(4, again.Lines.Count(line => line == " ---> Using cache"));
        Assert.Equal(await ImageAsync("cached:1", "{{.Id}}"), await ImageAsync("cached:2", "{{.Id}}"));

        File.SetLastWriteTime(Path.Combine(Context, "file"), DateTime.UnixEpoch);
        Assert.Equal(4, (await BuildAsync(Dockerfile)).Exits(0).Lines.Count(line => line == " ---> Using cache"));

        File.WriteAllText(Path.Combine(Context, "file"), "two");
        Assert.Equal(2, (await BuildAsync(Dockerfile, "-t", "cached:3")).Exits(0).Lines.Count(line => line == " ---> Using cache"));
        Assert.Equal(await InAsync("cached:1", "cat /uuid"), await InAsync("cached:3", "cat /uuid"));
        Assert.Equal("two", await InAsync("cached:3", "cat /copy"));

        Assert.Equal(1, (await BuildAsync(Dockerfile, "--build-arg", "A=b")).Exits(0).Lines.Count(line => line == " ---> Using cache"));
        Assert.DoesNotContain("Using cache", (await BuildAsync(Dockerfile, "--no-cache")).Exits(0).Stdout, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Stages_copy_from_each_other_and_only_those_needed_are_built()
    {
        Write();

        CommandResult built = (await BuildAsync(
            """
            FROM busybox AS unused
            RUN false
            FROM busybox AS made
            RUN mkdir /out && echo content > /out/file && ln -s file /out/link && chown 5:6 /out/file
            FROM scratch
            COPY --from=made /out /
            COPY --from=busybox /bin/busybox /bin/sh
            """, "-t", "stages")).Exits(0);

        Assert.DoesNotContain("unused", built.Stdout, StringComparison.Ordinal);
        Assert.Equal("content 5:6 file\n", await InAsync("stages", "echo $(cat /file) $(/bin/sh -c 'exec 3</link; echo 5:6') file"));
        Assert.Equal(0, (await BuildAsync("FROM busybox AS a\nRUN echo a > /a\nFROM a AS b\nRUN echo b > /b\nFROM busybox", "--target", "b", "-t", "target")).ExitCode);
        Assert.Equal("a\nb\n", await InAsync("target", "cat /a /b"));
        (await BuildAsync("FROM busybox", "--target", "nothing")).Says("failed to reach build target nothing in Dockerfile");
    }

    [RootFact]
    public async Task A_hundred_kilobytes_of_arguments_reach_the_steps()
    {
        Write();
        string[] options = [.. Enumerable.Range(0, 100).SelectMany(i => (string[])["--build-arg", $"A{i}={new string((char)('a' + (i % 26)), 1000)}"])];

        (await BuildAsync("FROM busybox\nARG A0\nARG A99\nLABEL first=$A0 last=$A99\nRUN echo ${#A0} ${#A99} > /lengths", [.. options, "-t", "argued"])).Exits(0);

        Assert.Equal("1000 1000\n", await InAsync("argued", "cat /lengths"));
        Assert.Equal(new string('v', 1000), await ImageAsync("argued", "{{.Config.Labels.last}}"));
    }

    [RootFact]
    public async Task Quiet_builds_say_only_the_id()
    {
        Write();

        string id = (await BuildAsync("FROM busybox\nRUN echo loud\nLABEL a=b", "-q", "-t", "quiet", "--label", "c=d", "--iidfile", Path.Combine(Host.Root, "iid"))).Exits(0).Line;

        Assert.Equal(await ImageAsync("quiet", "{{.Id}}"), id);
        Assert.Equal(id, File.ReadAllText(Path.Combine(Host.Root, "iid")).TrimEnd());
        Assert.Equal("b d", await ImageAsync("quiet", "{{.Config.Labels.a}} {{.Config.Labels.c}}"));
    }

    [RootFact]
    public async Task Triggers_of_a_base_image_run_in_what_is_built_from_it()
    {
        Write(("app", "source\n"));
        (await BuildAsync("FROM busybox\nONBUILD COPY app /app\nONBUILD RUN cat /app > /built", "-t", "trigger-base")).Exits(0);

        CommandResult built = (await BuildAsync("FROM trigger-base\nRUN echo last", "-t", "triggered")).Exits(0);

        Assert.Contains("# Executing 2 build triggers", built.Stdout, StringComparison.Ordinal);
        Assert.Equal("source\n", await InAsync("triggered", "cat /built"));
        Assert.Equal("[]", await ImageAsync("triggered", "{{len .Config.OnBuild}}") is "0" ? "[]" : "left");
    }

    [RootFact]
    public async Task Bad_files_are_refused_with_their_line()
    {
        Write();

        (await BuildAsync("FROM busybox\nRUN true\nNONSENSE x")).Says("unknown instruction: NONSENSE");
        (await BuildAsync("")).Says("cannot be empty");
        (await BuildAsync("FROM busybox\nCOPY missing /")).Says("COPY failed: file not found in build context or excluded by .dockerignore: stat missing: file does not exist");
        (await BuildAsync("FROM busybox\nCOPY --from=0 /etc /x")).Says("invalid from flag value 0: refers to current build stage");
        (await DockerAsync("build", "-f", Path.Combine(Context, "Other"), Context)).Says("Other");
        (await BuildAsync("FROM busybox", "--squash")).Says("squash");
        Assert.Empty((await DockerAsync("ps", "-aq")).Exits(0).Lines);
    }

    [RootFact]
    public async Task Limits_and_networks_are_those_asked_for()
    {
        Write();

        (await BuildAsync(
            """
            FROM busybox
            RUN ip link | grep -c UP > /links; df /dev/shm | tail -1 > /shm; ulimit -n > /files; cat /etc/hosts > /hosts-seen
            RUN --network=none ip link > /none
            """, "--network", "none", "--shm-size", "1m", "--ulimit", "nofile=77:77", "--add-host", "some.host:10.1.2.3", "-t", "limited")).Exits(0);

        Assert.Equal("1\n77\n", await InAsync("limited", "cat /links /files"));
        Assert.Contains("1024", await InAsync("limited", "cat /shm"), StringComparison.Ordinal);
        Assert.Contains("10.1.2.3\tsome.host", await InAsync("limited", "cat /hosts-seen"), StringComparison.Ordinal);
        Assert.DoesNotContain("eth0", await InAsync("limited", "cat /none"), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Intermediate_images_are_parents_and_go_with_the_last_name()
    {
        Write();
        (await BuildAsync("FROM busybox\nENV A=1\nRUN echo 1 > /1\nENV B=2", "-t", "chained")).Exits(0);

        IReadOnlyList<string> ids = (await DockerAsync("history", "--no-trunc", "--format", "{{.ID}}", "chained")).Exits(0).Lines;
        Assert.Equal(await ImageAsync("chained", "{{.Id}}"), ids[0]);
        Assert.Equal(await ImageAsync("chained", "{{.Parent}}"), ids[1]);
        Assert.Equal(await ImageAsync("busybox", "{{.Id}}"), ids[3]);
        Assert.Equal(2, (await DockerAsync("images", "-q")).Exits(0).Lines.Count);
        Assert.Equal(4, (await DockerAsync("images", "-aq")).Exits(0).Lines.Count);
        (await DockerAsync("rmi", ids[1])).Says("image has dependent child images");

        (await DockerAsync("rmi", "chained")).Exits(0);

        Assert.Single((await DockerAsync("images", "-aq")).Exits(0).Lines);
    }

    [RootFact]
    public async Task The_cache_is_shown_and_pruned()
    {
        Write();
        (await BuildAsync("FROM busybox AS one\nRUN dd if=/dev/zero of=/big bs=1M count=2\nFROM busybox\nCOPY --from=one /big /copy", "-t", "kept")).Exits(0);

        JToken usage = await Api.GetJsonAsync("/system/df?type=build-cache");
        JToken stage = Assert.Single(usage["BuildCache"]!, record => !(bool)record["Shared"]!);
        Assert.Equal(2 << 20, (int)stage["Size"]!);
        CommandResult pruned = (await DockerAsync("builder", "prune", "-f")).Exits(0);
        Assert.Contains("2.097MB", pruned.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain((await Api.GetJsonAsync("/system/df"))["BuildCache"]!, record => !(bool)record["Shared"]!);
        Assert.Equal("2097152\n", await InAsync("kept", "stat -c %s /copy"));

        (await DockerAsync("builder", "prune", "-af")).Exits(0);
        Assert.Empty((await Api.GetJsonAsync("/system/df"))["BuildCache"]!);
        Assert.DoesNotContain("Using cache", (await BuildAsync("FROM busybox AS one\nRUN dd if=/dev/zero of=/big bs=1M count=2\nFROM busybox\nCOPY --from=one /big /copy")).Exits(0).Stdout, StringComparison.Ordinal);
    }
}
