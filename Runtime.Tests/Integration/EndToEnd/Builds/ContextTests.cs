using System.Diagnostics;
using Rtd.Tests.Integration.ForeignClients;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Builds;

/// <summary>Where contexts come from, and builds that end early.</summary>
public sealed class ContextTests(DaemonFixture fixture, ITestOutputHelper output) : BuildTest(fixture, output)
{
    [RootTheory]
    [InlineData("cat")]
    [InlineData("gzip -c")]
    [InlineData("bzip2 -c")]
    [InlineData("xz -0 -c")]
    [InlineData("zstd -c")]
    public async Task Contexts_may_be_compressed(string compression)
    {
        Write(("sub/Other", "FROM busybox\nCOPY file /\nRUN cat /file"), ("file", "compressed"));
        string archive = Path.Combine(Host.Root, "context.tar");
        (await Command.RunAsync(["sh", "-euc", $"tar -C {Context} -cf - . | {compression} > {archive}"])).Exits(0);

        using ByteArrayContent content = new(await File.ReadAllBytesAsync(archive));
        using HttpResponseMessage response = await Api.PostAsync("/build?dockerfile=sub/Other&networkmode=none", content);

        Assert.Contains("compressed", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>The docker command rewrites the context then, and ends it without the last file's padding.</summary>
    [RootFact]
    public async Task Dockerfiles_come_from_outside_of_the_context()
    {
        Write(("data", "of the context"), (".dockerignore", "left-out\n"), ("left-out", ""));
        string elsewhere = Path.Combine(Host.Root, "Elsewhere");
        File.WriteAllText(elsewhere, "FROM busybox\nCOPY . /all\nRUN ls -A /all > /names; cat /all/data > /copy");

        (await DockerAsync("build", "-f", elsewhere, "-t", "elsewhere", Context)).Exits(0);

        Assert.Equal("data\nof the context", await InAsync("elsewhere", "grep -v '^[.]' /names; cat /copy"));
        File.Delete(elsewhere);
    }

    [RootFact]
    public async Task Contexts_come_from_web_servers()
    {
        using Server server = await Server.StartNeighbourAsync(Host, 8078);
        string pages = Path.Combine(Host.Root, "pages");
        File.WriteAllText(Path.Combine(pages, "Dockerfile"), "FROM busybox\nRUN echo by its address");
        File.WriteAllBytes(Path.Combine(pages, "context.tar"), ImageArchive.Tar(ImageArchive.File("Dockerfile", "FROM busybox\nCOPY Dockerfile /x\nRUN wc -l /x")));

        Assert.Contains("by its address", await RemoteAsync($"http://{TestHost.NeighbourAddress}:8078/Dockerfile"), StringComparison.Ordinal);
        Assert.Contains("2 /x", await RemoteAsync($"http://{TestHost.NeighbourAddress}:8078/context.tar"), StringComparison.Ordinal);
        Assert.Contains("404", await RemoteAsync($"http://{TestHost.NeighbourAddress}:8078/missing"), StringComparison.Ordinal);
    }

    /// <summary>Neither the client nor the log is told them, whether or not the address leads anywhere.</summary>
    [ProgramFact("git")]
    public async Task Passwords_of_addresses_are_used_and_not_shown()
    {
        const string Password = "canary-pass%40word";
        using Server server = await Server.StartNeighbourAsync(Host, 8076);
        string pages = Path.Combine(Host.Root, "pages");
        Directory.CreateDirectory(Path.Combine(pages, "locked"));
        File.WriteAllText(Path.Combine(pages, "locked", "httpd.conf"), "/:user:canary-pass@word\n");
        File.WriteAllText(Path.Combine(pages, "locked", "Dockerfile"), "FROM busybox\nRUN echo let in");
        File.WriteAllText(Path.Combine(pages, "locked", "file"), "behind the lock");
        string with = $"http://user:{Password}@{TestHost.NeighbourAddress}:8076", without = $"http://{TestHost.NeighbourAddress}:8076";
        string Escaped(string address) => Uri.EscapeDataString(address);

        Assert.Contains("401", await RemoteAsync(Escaped($"{without}/locked/Dockerfile")), StringComparison.Ordinal);
        string[] answers =
        [
            await RemoteAsync(Escaped($"{with}/locked/Dockerfile")),
            await RemoteAsync(Escaped($"{with}/missing")),
            await RemoteAsync(Escaped($"{with}/missing.git")),
            await RemoteAsync(Escaped($"http://user:{Password}@127.0.0.1:1/x")),
            await RemoteAsync(Escaped($"ftp://user:{Password}@host/x")),
        ];
        Write();
        string built = (await BuildAsync($"FROM busybox\nADD {with}/locked/file /\nRUN cat /file\nONBUILD ADD {with}/locked/file /", "-t", "unlocked")).Exits(0).Stdout;
        string[] failed =
        [
            (await BuildAsync($"FROM busybox\nADD {with}/missing /")).Stderr,
            (await BuildAsync($"FROM busybox\nADD {with}/ /")).Stderr,
            (await BuildAsync($"FROM busybox\nADD {with}/x.git /")).Stderr,
            (await BuildAsync($"FROM busybox\nADD --nonsense {with}/x /")).Stderr,
        ];

        Assert.Contains("let in", answers[0], StringComparison.Ordinal);
        Assert.Contains("behind the lock", built, StringComparison.Ordinal);
        Assert.Contains("404", answers[1] + failed[0], StringComparison.Ordinal);
        Assert.All(answers.Take(2).Append(built).Concat(failed), said => Assert.Contains("xxxxx:xxxxx@", said, StringComparison.Ordinal));
        Assert.DoesNotContain("canary-pass", string.Concat(answers) + built + string.Concat(failed) + Daemon.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-pass", (await DockerAsync("history", "--no-trunc", "unlocked")).Stdout.Replace($"ONBUILD ADD {with}", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [ProgramFact("git")]
    public async Task Contexts_come_from_git_by_reference_and_directory()
    {
        Write(("sub/Dockerfile", "FROM busybox\nCOPY hello /hello\nRUN cat /hello"), ("sub/hello", "from git"));
        string repositories = Path.Combine(Host.Root, "repositories");
        (await Command.RunAsync(["sh", "-euc", $"""
            cd {Context}
            ln -s /etc out
            git init -q -b main .
            git -c user.name=a -c user.email=a@b add -A
            git -c user.name=a -c user.email=a@b commit -qm first
            git tag v1
            git clone -q --bare . {repositories}/it.git
            """])).Exits(0);
        using Server server = new(Host.Inside("git", "daemon", $"--base-path={repositories}", "--export-all", $"--listen={TestHost.Address}", "--port=9418"));
        string address = $"git://{TestHost.Address}/it.git";
        await Eventually.HoldsAsync("git serves", async () => (await Host.RunAsync("git", "ls-remote", address)).ExitCode == 0);

        Assert.Contains("from git", await RemoteAsync($"{address}%23main:sub"), StringComparison.Ordinal);
        Assert.Contains("Using cache", await RemoteAsync($"{address}%23v1:sub"), StringComparison.Ordinal);
        Assert.Contains("not a tree", await RemoteAsync($"{address}%23main:out"), StringComparison.Ordinal);
        Assert.Contains("remote ref", await RemoteAsync($"{address}%23missing"), StringComparison.Ordinal);
        Assert.Contains("Cannot locate specified Dockerfile", await RemoteAsync($"{address}"), StringComparison.Ordinal);
    }

    /// <summary>Nothing that every container is given, though the files come by way of one.</summary>
    [RootFact]
    public async Task The_output_holds_what_the_image_holds()
    {
        Write(("Dockerfile", "FROM scratch\nCOPY file /etc/hosts\nCOPY file /dir/"), ("file", "content"));
        string archive = Path.Combine(Host.Root, "output.tar"), directory = Path.Combine(Host.Root, "output");

        (await RtctlAsync("build", "-o", $"type=tar,dest={archive}", "-o", directory, Context)).Exits(0);

        Assert.Equal(["dir/", "dir/file", "etc/", "etc/hosts"], (await Command.RunAsync(["tar", "tf", archive])).Exits(0).Lines);
        CommandResult piped = await Command.RunAsync(["sh", "-c", "\"$@\" | tar t", "sh", .. Clients.CommandLine(Cli.Rtctl, "build", "-o", "-", Context)], environment: Clients.Environment);
        Assert.Equal(["dir/", "dir/file", "etc/", "etc/hosts"], piped.Exits(0).Lines);
        Assert.Contains("Successfully built", piped.Stderr, StringComparison.Ordinal);
        Assert.Equal("content", File.ReadAllText(Path.Combine(directory, "etc/hosts")));
        Assert.Equal(["dir", "etc"], Directory.GetFileSystemEntries(directory).Select(Path.GetFileName).Order());
        Assert.Empty((await DockerAsync("ps", "-aq")).Exits(0).Lines);
        Directory.Delete(directory, recursive: true);
        File.Delete(archive);
    }

    [RootFact]
    public async Task A_client_that_goes_away_takes_its_build_along()
    {
        Write();
        File.WriteAllText(Path.Combine(Context, "Dockerfile"), "FROM busybox\nRUN echo started; sleep 1000");
        using Process client = Command.Start(Clients.CommandLine(Cli.Docker, "build", Context), Clients.Environment);
        await Eventually.HoldsAsync("the step runs", async () => (await DockerAsync("ps", "-q")).Exits(0).Lines.Count == 1);

        client.Kill(entireProcessTree: true);

        await Eventually.HoldsAsync("its container is gone", async () => (await DockerAsync("ps", "-aq")).Exits(0).Lines.Count == 0);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Daemon.DataRoot, "builds", "work")));
    }

    [RootFact]
    public async Task Builds_are_cancelled_by_their_id()
    {
        byte[] context = ImageArchive.Tar(ImageArchive.File("Dockerfile", "FROM busybox\nRUN sleep 1000"));
        using ByteArrayContent content = new(context);
        Task<HttpResponseMessage> build = Api.PostAsync("/build?buildid=mine", content);
        await Eventually.HoldsAsync("the step runs", async () => (await DockerAsync("ps", "-q")).Exits(0).Lines.Count == 1);

        using HttpResponseMessage cancelled = await Api.PostAsync("/build/cancel?id=mine");

        Assert.True(cancelled.IsSuccessStatusCode);
        using HttpResponseMessage answer = await build;
        Assert.Contains("Build cancelled", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty((await DockerAsync("ps", "-aq")).Exits(0).Lines);
    }

    /// <summary>What a build from an address answers, whole.</summary>
    private async Task<string> RemoteAsync(string address)
    {
        using HttpResponseMessage response = await Api.PostAsync($"/build?remote={address}&forcerm=1&networkmode=none");
        return await response.Content.ReadAsStringAsync();
    }
}
