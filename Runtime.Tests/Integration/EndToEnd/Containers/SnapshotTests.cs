using System.Net;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary><c>commit</c>, <c>diff</c> and <c>export</c>.</summary>
public sealed class SnapshotTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootFact]
    public async Task Commit_makes_an_image_that_runs_as_the_container_was()
    {
        (await DockerAsync("run", "--name", "work", "-e", "FROM_CONTAINER=yes", "-w", "/tmp", "-l", "a=b", "busybox", "sh", "-c", "echo kept > /kept; rm /bin/env; mkdir /new")).Exits(0);

        string id = (await DockerAsync("commit", "-a", "An Author <a@example.test>", "-m", "why", "-c", "CMD [\"cat\", \"/kept\"]", "-c", "ENV ADDED=too", "work", "committed:tag")).Exits(0).Line;

        Assert.Matches("^sha256:[0-9a-f]{64}$", id);
        Assert.Equal(id, (await DockerAsync("inspect", "--format", "{{.Id}}", "committed:tag")).Exits(0).Line);
        Assert.Equal("kept\n", (await DockerAsync("run", "--rm", "committed:tag")).Exits(0).Stdout);
        Assert.Equal("yes too /tmp\n", (await DockerAsync("run", "--rm", "committed:tag", "sh", "-c", "echo $FROM_CONTAINER $ADDED $PWD; ls /bin/env 2>/dev/null")).Stdout);
        Assert.Equal("An Author <a@example.test>|b|why", (await DockerAsync("inspect", "--format", "{{.Author}}|{{.Config.Labels.a}}|{{.Comment}}", "committed:tag")).Exits(0).Line);
        Assert.Equal("sh -c echo kept > /kept; rm /bin/env; mkdir /new|why", (await DockerAsync("history", "--no-trunc", "--format", "{{.CreatedBy}}|{{.Comment}}", "committed:tag")).Exits(0).Lines[0]);
        (await DockerAsync("run", "--name", "again", "committed:tag", "touch", "/second")).Exits(0);
        (await DockerAsync("commit", "again", "committed:second")).Exits(0);
        Assert.Equal("3", (await DockerAsync("inspect", "--format", "{{len .RootFS.Layers}}", "committed:second")).Exits(0).Line);
        Assert.Equal("/kept\n/second\n", (await DockerAsync("run", "--rm", "committed:second", "ls", "/kept", "/second")).Exits(0).Stdout);
    }

    [RootFact]
    public async Task Commit_pauses_a_running_container_and_says_so()
    {
        string id = await StartAsync("while true; do echo x >> /log; done");
        string since = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

        string image = (await DockerAsync("commit", "-m", "why", id, "paused:1")).Exits(0).Line;
        (await DockerAsync("commit", "--pause=false", id)).Exits(0);

        Assert.Equal("running", await InspectAsync(id, "{{.State.Status}}"));
        string until = DateTimeOffset.UtcNow.AddSeconds(1).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        string[] events = [.. (await DockerAsync("events", "--since", since, "--until", until, "--filter", $"container={id}", "--format", "{{.Action}} {{.Actor.Attributes.imageID}} {{.Actor.Attributes.imageRef}} {{.Actor.Attributes.comment}}")).Exits(0).Lines];
        int pause = Array.FindIndex(events, line => line.StartsWith("pause", StringComparison.Ordinal));
        Assert.True(pause >= 0, string.Join('\n', events));
        Assert.Equal($"commit {image} paused:1 why", events[pause + 1]);
        Assert.StartsWith("unpause", events[pause + 2], StringComparison.Ordinal);
        Assert.StartsWith("commit", events[pause + 3], StringComparison.Ordinal);
        Assert.Equal(pause + 4, events.Length);
    }

    [RootFact]
    public async Task Commit_of_what_is_wrong_leaves_nothing()
    {
        (await DockerAsync("create", "--name", "work", "busybox")).Exits(0);

        (await DockerAsync("commit", "nothing")).Exits(1).Says("No such container");
        (await DockerAsync("commit", "-c", "RUN x", "work")).Exits(1).Says("RUN is not a valid change command");
        (await DockerAsync("commit", "work", "Upper:1")).Exits(1).Says("must be lowercase");
        using (HttpResponseMessage response = await Api.PostAsync("/commit?container=work&repo=a&tag=..x"))
        {
            await EngineApi.ErrorAsync(response, 400);
        }

        Assert.Single(await Api.GetJsonAsync("/images/json"));
    }

    [RootFact]
    public async Task Commit_takes_a_configuration_from_the_body()
    {
        (await DockerAsync("create", "--name", "work", "-e", "A=container", "busybox", "sh")).Exits(0);

        using HttpResponseMessage response = await Api.PostJsonAsync("/commit?container=work&comment=c&repo=configured", new { Cmd = new[] { "env" }, Env = new[] { "A=body" }, User = "33" });

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        string id = (string)JObject.Parse(await response.Content.ReadAsStringAsync())["Id"]!;
        JToken config = (await Api.GetJsonAsync($"/images/{id}/json"))["Config"]!;
        Assert.Equal(["env"], config["Cmd"]!.Values<string>());
        Assert.Equal("33", (string?)config["User"]);
        Assert.Contains("A=body", config["Env"]!.Values<string>());
        Assert.DoesNotContain("A=container", config["Env"]!.Values<string>());
    }

    [RootFact]
    public async Task Diff_tells_what_changed()
    {
        string id = await StartAsync("echo x > /tmp/file; rm /bin/env; chmod 711 /root; mkdir -p /a/b; sleep 1000");
        await Eventually.HoldsAsync("the last directory", async () => (await DockerAsync("diff", id)).Exits(0).Lines.Contains("A /a/b"));

        Assert.Equal(["A /a", "A /a/b", "C /bin", "D /bin/env", "C /root", "C /tmp", "A /tmp/file"], (await DockerAsync("diff", id)).Exits(0).Lines);
        string unchanged = (await DockerAsync("create", "busybox")).Exits(0).Line;
        Assert.Equal("", (await DockerAsync("diff", unchanged)).Exits(0).Stdout);
        (await DockerAsync("diff", "nothing")).Exits(1).Says("No such container");
    }

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Export_writes_the_file_system(bool running)
    {
        string id = await StartAsync("echo exported > /file; ln /file /link; rm /bin/env; mknod /null c 1 3; " + (running ? "sleep 1000" : "true"), "-v", "/volume", "--tmpfs", "/tmpfs");
        await Eventually.HoldsAsync("its last file", async () => (await DockerAsync("diff", id)).Exits(0).Lines.Contains("A /null"));
        if (!running)
        {
            (await DockerAsync("wait", id)).Exits(0);
        }

        string archive = Path.Combine(Host.Root, "export.tar");
        (await DockerAsync("export", "-o", archive, id)).Exits(0);

        string[] names = [.. (await Command.RunAsync(["tar", "-tf", archive])).Exits(0).Lines];
        Assert.Superset(new HashSet<string> { "file", "link", "null", "bin/", "bin/busybox", ".dockerenv", "etc/passwd", "volume/", "tmpfs/", "proc/", "sys/" }, names.ToHashSet());
        Assert.DoesNotContain("bin/env", names);
        Assert.DoesNotContain(names, name => name.StartsWith("proc/", StringComparison.Ordinal) && name != "proc/");
        Assert.Equal(names.Order(StringComparer.Ordinal).Distinct(), names.Order(StringComparer.Ordinal));
        (await DockerAsync("import", archive, "exported")).Exits(0);
        Assert.Equal("exported\n", (await DockerAsync("run", "--rm", "exported", "/bin/busybox", "cat", "/link")).Exits(0).Stdout);
        (await DockerAsync("export", "nothing")).Exits(1).Says("No such container");
        File.Delete(archive);
    }

    [RootFact]
    public async Task Df_tells_sizes_and_users()
    {
        (await DockerAsync("create", "--name", "idle", "busybox")).Exits(0);
        (await DockerAsync("run", "--name", "writer", "-v", "measured:/v", "busybox", "sh", "-c", "head -c 5000 /dev/zero > /file; head -c 7000 /dev/zero > /v/file")).Exits(0);
        (await DockerAsync("commit", "writer", "child:1")).Exits(0);

        JToken usage = await Api.GetJsonAsync("/system/df");
        JToken busybox = usage["Images"]!.Single(image => image["RepoTags"]!.Values<string>().Contains("busybox:latest"));
        JToken child = usage["Images"]!.Single(image => image["RepoTags"]!.Values<string>().Contains("child:1"));

        Assert.Equal((long)busybox["Size"]! + 5000, (long)child["Size"]!);
        Assert.Equal((long)child["Size"]!, (long)usage["LayersSize"]!);
        Assert.Equal((long)busybox["Size"]!, (long)child["SharedSize"]!);
        Assert.Equal((2, 0), ((int)busybox["Containers"]!, (int)child["Containers"]!));
        Assert.Equal(5000, (long)usage["Containers"]!.Single(container => (string)container["Names"]![0]! == "/writer")["SizeRw"]!);
        Assert.Equal((long)busybox["Size"]! + 5000, (long)usage["Containers"]!.Single(container => (string)container["Names"]![0]! == "/writer")["SizeRootFs"]!);
        JToken volume = usage["Volumes"]!.Single(candidate => (string)candidate["Name"]! == "measured");
        Assert.Equal((7000, 1), ((long)volume["UsageData"]!["Size"]!, (long)volume["UsageData"]!["RefCount"]!));
        Assert.Empty(usage["BuildCache"]!);

        JToken images = await Api.GetJsonAsync("/system/df?type=image");
        Assert.Equal(JTokenType.Null, images["Containers"]!.Type);
        Assert.Equal(2, images["Images"]!.Count());
        using (HttpResponseMessage response = await Api.GetAsync("/system/df?type=nonsense"))
        {
            Assert.Equal("unknown object type: nonsense", await EngineApi.ErrorAsync(response, 400));
        }

        Assert.Contains("Local Volumes", (await DockerAsync("system", "df")).Exits(0).Stdout, StringComparison.Ordinal);
        string verbose = (await DockerAsync("system", "df", "-v")).Exits(0).Stdout;
        Assert.Matches(@"child\s+1\s+.*5kB\s+0", verbose);
        Assert.Matches(@"measured\s+1\s+7kB", verbose);
        (await DockerAsync("rm", "-f", "idle", "writer")).Exits(0);
        (await DockerAsync("volume", "rm", "measured")).Exits(0);
    }
}
