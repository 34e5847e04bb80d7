using System.Formats.Tar;
using System.Net.Http.Headers;
using System.Text;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Builds;

/// <summary>Contexts, Dockerfiles and images that want out, in, or more than they should have.</summary>
public sealed class HostileBuildTests(DaemonFixture fixture, ITestOutputHelper output) : BuildTest(fixture, output)
{
    [RootTheory]
    [InlineData("COPY link /x", "file not found in build context")]
    [InlineData("COPY ../outside /x", "forbidden path outside the build context")]
    [InlineData("COPY dir/../../outside /x", "forbidden path outside the build context")]
    [InlineData("COPY /etc/hostname /x", "file not found in build context")]
    [InlineData("COPY through/hostname /x", "file not found in build context")]
    [InlineData("ADD link /x", "file not found in build context")]
    [InlineData("COPY --from=busybox /leads/out /x", "file does not exist")]
    [InlineData("RUN --mount=type=bind,source=../..,target=/m ls /m/etc/hostname", "forbidden path outside the build context")]
    [InlineData("RUN --mount=type=bind,source=through,target=/m true", "file does not exist")]
    [InlineData("RUN --mount=type=bind,target=/m,bind-propagation=shared true", "unexpected key")]
    public async Task Nothing_of_the_host_is_reached(string instruction, string message)
    {
        File.WriteAllText(Path.Combine(Host.Root, "outside"), "canary of the host");
        byte[] context = ImageArchive.Tar(
            ImageArchive.File("Dockerfile", $"FROM busybox\n{instruction}"),
            ImageArchive.Symlink("link", "/etc/hostname"),
            ImageArchive.Symlink("through", "/etc"),
            ImageArchive.Directory("dir"));

        string answer = await PostAsync(context);

        Assert.Contains(message, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Successfully", answer, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Links_of_a_context_lead_nowhere_but_into_it()
    {
        byte[] context = ImageArchive.Tar(
            ImageArchive.Symlink("up", "/"),
            ImageArchive.File("up/etc/inside", "still the context"),
            ImageArchive.Symlink("Dockerfile", "up/real"),
            ImageArchive.File("real", "FROM busybox\nCOPY up/etc/inside /x\nCOPY . /all\nRUN cat /x && ls -l /all/up"));

        string answer = await PostAsync(context);

        Assert.Contains("still the context", answer, StringComparison.Ordinal);
        Assert.Contains("/all/up -> /", answer, StringComparison.Ordinal);
        Assert.False(File.Exists("/etc/inside"));
    }

    [RootFact]
    public async Task Links_of_a_stage_lead_nowhere_but_into_it()
    {
        Write();
        File.WriteAllText(Path.Combine(Host.Root, "outside"), "canary of the host");

        CommandResult failed = await BuildAsync($"FROM busybox AS bad\nRUN ln -s {Host.Root}/outside /a && ln -s /proc/1/root/etc /c\nFROM busybox\nCOPY --from=bad /a /a");
        failed.Says("file does not exist");
        (await BuildAsync($"FROM busybox AS bad\nRUN ln -s /proc/1/root /c\nFROM busybox\nCOPY --from=bad /c/etc /a")).Says("file does not exist");

        (await BuildAsync($"FROM busybox\nRUN ln -s {Host.Root} /d\nCOPY Dockerfile /d/planted\nRUN cat /d/planted", "-t", "planted")).Exits(0);
        Assert.False(File.Exists(Path.Combine(Host.Root, "planted")));
    }

    [RootTheory]
    [InlineData("a", "/", "a/x")]
    [InlineData("a", "/etc", "a/x")]
    [InlineData("deep/../../x", "", "y")]
    public async Task Archives_that_are_added_stay_in_the_image(string first, string target, string second)
    {
        byte[] archive = ImageArchive.Tar(
            target.Length > 0 ? ImageArchive.Symlink(first, target) : ImageArchive.File(first, "out"),
            ImageArchive.File(second, "planted by an archive"));
        byte[] context = ImageArchive.Tar(ImageArchive.File("Dockerfile", "FROM busybox\nADD evil.tar /somewhere/"), ImageArchive.File("evil.tar", archive));

        string answer = await PostAsync(context);

        Assert.True(target.Length > 0 || answer.Contains("not allowed", StringComparison.Ordinal), answer);
        Assert.False(File.Exists("/x") || File.Exists("/etc/x"));
        await Api.PingAsync();
    }

    [RootFact]
    public async Task An_image_cannot_pose_as_a_step_that_was_done()
    {
        Write(("file", "real"));
        (await BuildAsync("FROM busybox\nRUN echo real > /answer", "-t", "victim")).Exits(0);
        string archive = Path.Combine(Host.Root, "poison.tar");
        (await DockerAsync("save", "-o", archive, "victim")).Exits(0);
        (await DockerAsync("rmi", "victim")).Exits(0);
        (await DockerAsync("load", "-i", archive)).Exits(0);

        // The very image is back, with its history and config, but nobody saw it being made.
        Assert.DoesNotContain("Using cache", (await BuildAsync("FROM busybox\nRUN echo real > /answer")).Exits(0).Stdout, StringComparison.Ordinal);

        (await DockerAsync("builder", "prune", "-af")).Exits(0);
        Assert.Contains("Using cache", (await BuildAsync("FROM busybox\nRUN echo real > /answer", "--cache-from", "victim", "-t", "trusted")).Exits(0).Stdout, StringComparison.Ordinal);

        // Whoever does not trust that image is not given what another one took from it.
        Assert.DoesNotContain("Using cache", (await BuildAsync("FROM busybox\nRUN echo real > /answer")).Exits(0).Stdout, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Secrets_are_in_no_layer_history_or_log()
    {
        const string Secret = "s3cr3t-canary-value";
        byte[] context = ImageArchive.Tar(ImageArchive.File("Dockerfile", "FROM busybox\nRUN --mount=type=secret,id=key,target=/run/secrets/key wc -c < /run/secrets/key > /length; stat -c %a /run/secrets/key > /mode\nRUN ls /run > /run-after 2>&1; true"));
        string header = Convert.ToBase64String(Encoding.UTF8.GetBytes(new JObject { ["key"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret)) }.ToString()));

        string answer = await PostAsync(context, "t=secretive", ("X-Rtd-Build-Secrets", header));

        Assert.Contains("Successfully built", answer, StringComparison.Ordinal);
        Assert.Equal($"{Secret.Length}\n400\n", await InAsync("secretive", "cat /length /mode"));
        Assert.Contains("No such file", await InAsync("secretive", "cat /run-after"), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, answer + Daemon.Log + (await DockerAsync("history", "--no-trunc", "secretive")).Stdout, StringComparison.Ordinal);
        CommandResult found = await Command.RunAsync(["grep", "-rlF", Secret, Daemon.DataRoot, Daemon.ExecRoot]);
        Assert.Equal("", found.Stdout);
    }

    [RootFact]
    public async Task Bombs_are_refused_or_do_no_harm()
    {
        byte[] huge = ImageArchive.Tar(ImageArchive.File("Dockerfile", new string('#', 5 << 20)));
        Assert.Contains("larger than", await PostAsync(huge), StringComparison.Ordinal);

        StringBuilder nested = new("FROM busybox\nENV A=x\nENV A=");
        nested.Insert(nested.Length, "${A:-", 5000);
        Assert.DoesNotContain("Successfully", await PostAsync(ImageArchive.Tar(ImageArchive.File("Dockerfile", nested.ToString()))), StringComparison.Ordinal);

        byte[] cut = ImageArchive.Tar(ImageArchive.File("Dockerfile", "FROM busybox"), ImageArchive.File("big", new byte[100_000]))[..60_000];
        Assert.Contains("unexpected end of archive", await PostAsync(cut), StringComparison.Ordinal);
        Assert.Contains("not a regular file", await PostAsync(ImageArchive.Tar(new PaxTarEntry(TarEntryType.Fifo, "Dockerfile"))), StringComparison.Ordinal);
        Assert.DoesNotContain("Successfully", await PostAsync(Encoding.UTF8.GetBytes("no archive at all")), StringComparison.Ordinal);
        await Api.PingAsync();
    }

    /// <summary>A megabyte that becomes 300, and one that becomes 40,000 files, on a file system with room for neither.</summary>
    [RootTheory]
    [InlineData("head -c 300M /dev/zero > big", "no space left for the build context: of its file system 12 MiB are kept free")]
    [InlineData("seq 40000 | xargs touch", "no inodes left for the build context: of its file system 1000 are kept free")]
    public async Task Bombs_are_refused_before_the_file_system_is_full(string make, string message)
    {
        string work = Path.Combine(Daemon.DataRoot, "builds", "work"), bomb = Path.Combine(Host.Root, "bomb.tgz");
        (await Host.RunAsync("sh", "-euc", $"""
            mount -t tmpfs -o size=128m,nr_inodes=10000,mode=710 bomb {work}
            mkdir {Host.Root}/bomb && mount -t tmpfs bomb {Host.Root}/bomb && cd {Host.Root}/bomb
            echo FROM busybox > Dockerfile
            {make}
            tar --sort=name -cf - . | gzip -1 > {bomb}
            """)).Exits(0);
        try
        {
            string answer = await PostAsync(await File.ReadAllBytesAsync(bomb));

            Assert.Contains(message, answer, StringComparison.Ordinal);
            Assert.Equal("", (await Host.RunAsync("ls", "-A", work)).Exits(0).Stdout);
            Assert.Contains("Successfully built", await PostAsync(ImageArchive.Tar(ImageArchive.File("Dockerfile", "FROM busybox\nLABEL a=b"))), StringComparison.Ordinal);
        }
        finally
        {
            (await Host.RunAsync("sh", "-c", $"umount {work} {Host.Root}/bomb && rmdir {Host.Root}/bomb && rm -f {bomb}")).Exits(0);
        }
    }

    [RootTheory]
    [InlineData("https://host/x.git%23main:../..", "leads out of the repository")]
    [InlineData("https://host/x.git%23--upload-pack=touch", "invalid git reference")]
    [InlineData("file:///etc", "must be - or a URL of http or https")]
    [InlineData("ext::sh -c touch", "must be - or a URL of http or https")]
    public async Task Addresses_that_are_tricks_are_refused(string remote, string message)
    {
        using HttpResponseMessage response = await Api.PostAsync($"/build?remote={remote}");

        Assert.Contains(message, await EngineApi.ErrorAsync(response, 400), StringComparison.Ordinal);
    }

    /// <summary>The answer, whole.</summary>
    private async Task<string> PostAsync(byte[] context, string query = "", params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"/build?forcerm=1&{query}") { Content = new ByteArrayContent(context) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using HttpResponseMessage response = await Api.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}
