using System.Net;
using System.Text;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;
using TarEntry = System.Formats.Tar.TarEntry;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary>Containers and archives that try to lead <c>docker cp</c> out of the container's root.</summary>
public sealed class HostileCopyTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const int Rounds = 300;

    public enum Attack
    {
        ParentInName,
        AbsoluteSymlinkThenFile,
        RelativeSymlinkThenFile,
        HardlinkOut,
        HardlinkThroughSymlink,
        SymlinkOverDirectory,
    }

    private string Outside => Path.Combine(Host.Root, "outside");

    private string Canary => Path.Combine(Outside, "canary");

    [RootTheory]
    [InlineData(Attack.ParentInName)]
    [InlineData(Attack.AbsoluteSymlinkThenFile)]
    [InlineData(Attack.RelativeSymlinkThenFile)]
    [InlineData(Attack.HardlinkOut)]
    [InlineData(Attack.HardlinkThroughSymlink)]
    [InlineData(Attack.SymlinkOverDirectory)]
    public async Task Archive_stays_inside(Attack attack)
    {
        await MakeCanaryAsync();
        foreach (string life in new[] { "create", "run -d" })
        {
            string container = (await DockerAsync([.. life.Split(' '), "busybox", "sleep", "1000"])).Exits(0).Line;

            using HttpResponseMessage answer = await PutAsync(container, "/tmp", ImageArchive.Tar([.. Entries(attack)]));

            Assert.True((int)answer.StatusCode < 500, await answer.Content.ReadAsStringAsync());
            await CanaryIsUntouchedAsync();
        }
    }

    /// <summary>CVE-2018-15664: a path component that is a directory at one moment and a link to the root at the next.</summary>
    [RootFact]
    public async Task Swapped_directory_and_link_never_lead_to_the_host()
    {
        await MakeCanaryAsync();

        // The same path inside and outside, so that a link to / in it leads to the canary for whoever follows it on the host.
        string container = await StartAsync($$"""
            mkdir -p /real{{Outside}} {{Outside}} /swap
            echo inside > /real{{Canary}}; echo inside > {{Canary}}
            while :; do mv /swap /real2 2>/dev/null; ln -s / /swap; rm /swap; mkdir -p /swap{{Outside}}; echo inside > /swap{{Canary}}; rm -rf /real2; done
            """);
        byte[] overwrite = ImageArchive.Tar(ImageArchive.File("canary", "inside\n"), ImageArchive.File("made", "x"));
        Task<int> reading = Task.Run(async () =>
        {
            int found = 0;
            for (int round = 0; round < Rounds; round++)
            {
                using HttpResponseMessage answer = await Api.GetAsync($"/containers/{container}/archive?path=/swap{Canary}");
                string content = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync());
                Assert.DoesNotContain("untouched", content);
                found += content.Contains("inside", StringComparison.Ordinal) ? 1 : 0;
            }

            return found;
        });
        int written = 0;
        for (int round = 0; round < Rounds; round++)
        {
            using HttpResponseMessage answer = await PutAsync(container, $"/swap{Outside}", overwrite);
            written += answer.StatusCode == HttpStatusCode.OK ? 1 : 0;
        }

        Assert.True(await reading > 0, "the race was never won by a reader: it proves nothing");
        Assert.True(written > 0, "the race was never won by a writer: it proves nothing");
        await CanaryIsUntouchedAsync();
        await Api.PingAsync();
    }

    /// <summary>CVE-2021-41089: what is unpacked is swapped for a link before its mode and owner are set.</summary>
    [RootFact]
    public async Task Entries_swapped_while_they_are_unpacked_change_nothing_outside()
    {
        await MakeCanaryAsync();
        string container = await StartAsync($$"""
            mkdir /t; cd /t
            while :; do for f in a b c; do ln -sf {{Canary}} $f; mv -f $f x; ln -sfn {{Outside}} $f; done; done
            """);
        TarEntry[] entries = [.. Enumerable.Range(0, 60).SelectMany(_ => (TarEntry[])
            [
                ImageArchive.File("a", "x"), ImageArchive.Directory("b/"), ImageArchive.Symlink("c", "anywhere"), ImageArchive.File("b/inner", "x"),
            ])];
        byte[] archive = ImageArchive.Tar(entries);
        for (int round = 0; round < Rounds / 10; round++)
        {
            (await PutAsync(container, "/t", archive)).Dispose();
        }

        await CanaryIsUntouchedAsync();
        Assert.Equal("600 0:0", (await Command.RunAsync(["stat", "-c", "%a %u:%g", Canary])).Exits(0).Line);
        Assert.Equal("700 0:0", (await Command.RunAsync(["stat", "-c", "%a %u:%g", Outside])).Exits(0).Line);
    }

    /// <summary>CVE-2019-18466 and the magic links of procfs.</summary>
    [RootTheory]
    [InlineData("/link/canary")]
    [InlineData("/up/canary")]
    [InlineData("/proc/1/root/canary")]
    [InlineData("/proc/self/root/etc/shadow")]
    [InlineData("/proc/1/cwd/canary")]
    public async Task Links_are_resolved_in_the_container(string path)
    {
        await MakeCanaryAsync();
        string container = await StartAsync($"ln -s {Outside} /link; ln -s ../../../../../../../../..{Outside} /up; sleep 1000");

        using HttpResponseMessage answer = await Api.GetAsync($"/containers/{container}/archive?path={Uri.EscapeDataString(path)}");

        Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{answer.StatusCode}");
        await CanaryIsUntouchedAsync();
    }

    /// <summary>CVE-2026-41568, CVE-2026-42306: mount points of a stopped container that lie behind links of the container's own.</summary>
    [RootFact]
    public async Task Mount_points_behind_links_are_made_in_the_container()
    {
        await MakeCanaryAsync();
        string container = (await DockerAsync("run", "-d", "-v", "cp-linked:/linked/volume", "busybox", "sh", "-c", "true")).Exits(0).Line;
        (await DockerAsync("wait", container)).Exits(0);
        (await PutAsync(container, "/", ImageArchive.Tar(ImageArchive.Symlink("linked2", Outside)))).Dispose();
        string second = (await DockerAsync("create", "-v", $"cp-linked:{Outside}/volume", "busybox", "true")).Exits(0).Line;

        Assert.Equal(HttpStatusCode.OK, (await PutAsync(second, $"{Outside}/volume", ImageArchive.Tar(ImageArchive.File("f", "x")))).StatusCode);

        Assert.Equal([Canary], Directory.EnumerateFileSystemEntries(Outside));
        (await DockerAsync("rm", "-f", container, second)).Exits(0);
        (await DockerAsync("volume", "rm", "cp-linked")).Exits(0);
        await CanaryIsUntouchedAsync();
    }

    /// <summary>A client that stops reading or sending costs the container nothing: it can be started and removed.</summary>
    [RootFact]
    public async Task Client_that_hangs_does_not_keep_the_container()
    {
        string container = (await DockerAsync("create", "busybox", "true")).Exits(0).Line;
        await using System.Net.Sockets.NetworkStream reader = await Api.ConnectAsync();
        await reader.WriteAsync(Encoding.ASCII.GetBytes($"GET /containers/{container}/archive?path=/ HTTP/1.1\r\nHost: docker\r\n\r\n"));
        await using System.Net.Sockets.NetworkStream writer = await Api.ConnectAsync();
        await writer.WriteAsync(Encoding.ASCII.GetBytes($"PUT /containers/{container}/archive?path=/ HTTP/1.1\r\nHost: docker\r\nContent-Length: 100000\r\n\r\n"));
        byte[] start = new byte[1];
        Assert.Equal(1, await reader.ReadAsync(start));

        (await DockerAsync("start", "-a", container)).Exits(0);
        (await DockerAsync("rm", "-f", container)).Exits(0);
    }

    private IEnumerable<TarEntry> Entries(Attack attack)
    {
        const string Up = "../../../../../../../../../../../..";
        return attack switch
        {
            Attack.ParentInName => [ImageArchive.File(Up + Canary, "hostile")],
            Attack.AbsoluteSymlinkThenFile => [ImageArchive.Symlink("s", Outside), ImageArchive.File("s/canary", "hostile"), ImageArchive.File("s/made", "x")],
            Attack.RelativeSymlinkThenFile => [ImageArchive.Symlink("s", Up + Outside), ImageArchive.File("s/canary", "hostile")],
            Attack.HardlinkOut => [ImageArchive.Hardlink("h", Up + Canary), ImageArchive.File("h", "hostile")],
            Attack.HardlinkThroughSymlink => [ImageArchive.Symlink("s", Outside), ImageArchive.Hardlink("h", "s/canary"), ImageArchive.File("h", "hostile")],
            _ => [ImageArchive.Directory("d/"), ImageArchive.Symlink("d", Outside), ImageArchive.Directory("d/"), ImageArchive.File("d/canary", "hostile")],
        };
    }

    private async Task MakeCanaryAsync()
    {
        Directory.CreateDirectory(Outside, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(Canary, "untouched\n");
        File.SetUnixFileMode(Canary, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private async Task CanaryIsUntouchedAsync()
    {
        Assert.Equal("untouched\n", await File.ReadAllTextAsync(Canary));
        Assert.Equal([Canary], Directory.EnumerateFileSystemEntries(Outside));
    }

    private async Task<HttpResponseMessage> PutAsync(string container, string path, byte[] archive)
    {
        using HttpRequestMessage request = new(HttpMethod.Put, $"/containers/{container}/archive?path={Uri.EscapeDataString(path)}") { Content = new ByteArrayContent(archive) };
        return await Api.SendAsync(request);
    }
}
