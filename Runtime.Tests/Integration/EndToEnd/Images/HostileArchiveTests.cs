using System.Formats.Tar;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Images;

/// <summary>
/// Archives that try to leave their root (CVE-2014-9356 and its many kin). Either they are refused with a 4xx status, or what they
/// name is resolved inside the root; nothing outside changes, and what was refused leaves no file behind (the check after each test).
/// </summary>
public sealed class HostileArchiveTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string Up = "../../../../../../../../../../../..";

    public enum Attack
    {
        ParentInName,
        ParentInMiddleOfName,
        SymlinkThenFile,
        RelativeSymlinkThenFile,
        SymlinkChain,
        HardlinkOut,
        HardlinkThenFile,
        WhiteoutOfParent,
        WhiteoutThroughSymlink,
        WhiteoutOfEverything,
    }

    [RootTheory]
    [InlineData(Attack.ParentInName)]
    [InlineData(Attack.ParentInMiddleOfName)]
    [InlineData(Attack.SymlinkThenFile)]
    [InlineData(Attack.RelativeSymlinkThenFile)]
    [InlineData(Attack.SymlinkChain)]
    [InlineData(Attack.HardlinkOut)]
    [InlineData(Attack.HardlinkThenFile)]
    [InlineData(Attack.WhiteoutOfParent)]
    [InlineData(Attack.WhiteoutThroughSymlink)]
    [InlineData(Attack.WhiteoutOfEverything)]
    public async Task Nothing_outside_the_root_changes(Attack attack)
    {
        string outside = Directory.CreateDirectory(Path.Combine(Host.Root, "outside")).FullName;
        string canary = Path.Combine(outside, "canary");
        await File.WriteAllTextAsync(canary, "untouched\n");
        byte[] layer = ImageArchive.Tar(Entries(attack, outside));

        await TryAsync("/images/create?fromSrc=-&repo=hostile", layer);
        await TryAsync("/images/load", ImageArchive.DockerSave("hostile:latest", layer));

        Assert.Equal("untouched\n", await File.ReadAllTextAsync(canary));
        Assert.Equal([canary], Directory.EnumerateFileSystemEntries(outside));
        await Api.PingAsync();
        await DockerAsync("rmi", "-f", "hostile:latest");
        Directory.Delete(outside, recursive: true);
    }

    [RootTheory]
    [InlineData("../../escape")]
    [InlineData("..")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../../escape")]
    public async Task Config_name_out_of_the_archive_is_refused(string name)
    {
        byte[] archive = ImageArchive.Tar(
            ImageArchive.File("manifest.json", $$"""[{"Config":"{{name}}","RepoTags":["hostile:latest"],"Layers":[]}]"""));

        await RefusedAsync("/images/load", archive);
    }

    [RootFact]
    public async Task Layer_that_is_not_what_its_config_says_is_refused()
    {
        byte[] layer = ImageArchive.Tar(ImageArchive.File("file", "honest"));
        byte[] archive = ImageArchive.DockerSave("hostile:latest", layer);
        Replace(archive, layer, ImageArchive.Tar(ImageArchive.File("file", "crooks")));

        // With progress the answer has begun when the layer turns out to be another: the error then is in the stream.
        await RefusedAsync("/images/load?quiet=1", archive);
    }

    /// <summary>CVE-2017-14992 and kin: gigabytes of zeros in a few kilobytes take disk while the client waits, never memory, and go when it goes.</summary>
    [RootTheory]
    [InlineData("/images/create?fromSrc=-&repo=hostile")]
    [InlineData("/images/load")]
    public async Task Decompression_bomb_takes_no_memory_and_ends_with_its_client(string path)
    {
        const long Limit = 64L << 20;
        string bomb = Path.Combine(Host.Root, "bomb.gz");
        (await Command.RunAsync(["sh", "-c", $"(python3 -c 'import tarfile,sys; i=tarfile.TarInfo(\"endless\"); i.size=(1<<33)-512; sys.stdout.buffer.write(i.tobuf())'; yes no layer) | head -c 2500M | gzip -1 > {bomb}"])).Exits(0);
        byte[] content = await File.ReadAllBytesAsync(bomb);
        File.Delete(bomb);
        long before = Resident("VmRSS");
        await using (System.Net.Sockets.NetworkStream connection = await Api.ConnectAsync())
        {
            await connection.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: docker\r\nContent-Length: {content.Length + 1}\r\n\r\n"));
            await connection.WriteAsync(content);
            await Eventually.HoldsAsync("a gigabyte of it is written", () => Written() > 1L << 30);
        }

        await Eventually.HoldsAsync("nothing of it is left", () => Written() == 0);
        long after = Resident("VmHWM");
        Assert.True(after - before < Limit, $"{before >> 20} MiB before, at most {after >> 20} MiB while it was unpacked");
        await Api.PingAsync();
    }

    /// <summary>CVE-2025-47290: layers unpacked side by side that swap a directory and a link to the host, between entries and between layers.</summary>
    [RootFact]
    public async Task Layers_that_swap_directories_and_links_side_by_side_stay_inside()
    {
        string outside = Directory.CreateDirectory(Path.Combine(Host.Root, "outside")).FullName;
        string canary = Path.Combine(outside, "canary");
        await File.WriteAllTextAsync(canary, "untouched\n");
        TarEntry[] Swaps(int start) => [.. Enumerable.Range(start, 200).SelectMany(number => (TarEntry[])(number % 2 == 0
            ? [ImageArchive.Symlink("swapped", outside), ImageArchive.File("other/../swapped-beside", "x")]
            : [ImageArchive.Directory("swapped/"), ImageArchive.File("swapped/canary", "x"), ImageArchive.File("swapped/made", "x")]))];
        byte[][] archives = [.. Enumerable.Range(0, 6).Select(number => ImageArchive.DockerSave(
            $"hostile:{number}",
            ImageArchive.Tar(ImageArchive.Directory("swapped/"), ImageArchive.File($"own-{number}", "x")),
            ImageArchive.Tar(Swaps(number).Where(entry => !entry.Name.Contains("..", StringComparison.Ordinal))),
            ImageArchive.Tar(ImageArchive.File("swapped/canary", "x"), ImageArchive.File("swapped/.wh.canary", ""), ImageArchive.File("swapped/.wh..wh..opq", ""))))];

        await Task.WhenAll(archives.Select(archive => TryAsync("/images/load?quiet=1", archive)));

        Assert.Equal("untouched\n", await File.ReadAllTextAsync(canary));
        Assert.Equal([canary], Directory.EnumerateFileSystemEntries(outside));
        Directory.Delete(outside, recursive: true);
    }

    [RootTheory]
    [InlineData("not a tar archive at all")]
    [InlineData("")]
    public async Task What_is_no_archive_is_refused(string content) =>
        await RefusedAsync("/images/load", System.Text.Encoding.UTF8.GetBytes(content));

    [RootFact]
    public async Task Archive_that_ends_early_is_refused()
    {
        byte[] whole = await File.ReadAllBytesAsync(await BusyboxImage.ArchiveAsync());

        await RefusedAsync("/images/create?fromSrc=-&repo=hostile", whole[..(whole.Length / 2)]);
    }

    [RootFact]
    public async Task Client_that_goes_away_in_the_middle_leaves_nothing()
    {
        byte[] whole = await File.ReadAllBytesAsync(await BusyboxImage.ArchiveAsync());
        await using (System.Net.Sockets.NetworkStream connection = await Api.ConnectAsync())
        {
            await connection.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"POST /images/create?fromSrc=-&repo=hostile HTTP/1.1\r\nHost: docker\r\nContent-Length: {whole.Length}\r\n\r\n"));
            await connection.WriteAsync(whole.AsMemory(0, whole.Length / 2));
        }

        await Api.PingAsync();
    }

    /// <summary>Bytes that the daemon takes on disk for what it has not finished, files without a name included.</summary>
    private long Written()
    {
        string stage = Path.Combine(Daemon.DataRoot, "overlay2", "stage");
        IEnumerable<string> nameless = Directory.EnumerateFiles($"/proc/{Daemon.Pid}/fd").Where(fd => new FileInfo(fd).LinkTarget is { } target && target.StartsWith(stage, StringComparison.Ordinal) && target.EndsWith("(deleted)", StringComparison.Ordinal));
        EnumerationOptions everywhere = new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };
        return Directory.EnumerateFiles(stage, "*", everywhere).Select(file => new FileInfo(file)).Where(file => file.Exists).Sum(file => file.Length) + nameless.Sum(Length);
    }

    /// <summary>Of a file that only an fd of the daemon leads to; 0 when it has gone meanwhile.</summary>
    private static long Length(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }

    /// <summary>Bytes of the daemon's memory, by a line of its status.</summary>
    private long Resident(string line) =>
        1024 * long.Parse(File.ReadLines($"/proc/{Daemon.Pid}/status").Single(text => text.StartsWith(line + ":", StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<TarEntry> Entries(Attack attack, string outside)
    {
        string below = Path.GetRelativePath("/", outside);
        return attack switch
        {
            Attack.ParentInName => [ImageArchive.File($"{Up}/{below}/made", "x")],
            Attack.ParentInMiddleOfName => [ImageArchive.Directory("a/"), ImageArchive.File($"a/{Up}/{below}/canary", "x")],
            Attack.SymlinkThenFile => [ImageArchive.Symlink("link", outside), ImageArchive.File("link/made", "x"), ImageArchive.File("link/canary", "x")],
            Attack.RelativeSymlinkThenFile => [ImageArchive.Symlink("link", $"{Up}/{below}"), ImageArchive.File("link/canary", "x")],
            Attack.SymlinkChain => [ImageArchive.Symlink("one", "/"), ImageArchive.Symlink("one/two", outside), ImageArchive.File("two/canary", "x"), ImageArchive.File("one/two/canary", "x")],
            Attack.HardlinkOut => [ImageArchive.Hardlink("stolen", $"{Up}/{below}/canary"), ImageArchive.Hardlink("stolen-too", $"{outside}/canary")],
            Attack.HardlinkThenFile => [ImageArchive.Symlink("link", outside), ImageArchive.Hardlink("stolen", "link/canary"), ImageArchive.File("stolen", "x")],
            Attack.WhiteoutOfParent => [ImageArchive.File(".wh...", ""), ImageArchive.File($"{Up}/{below}/.wh.canary", "")],
            Attack.WhiteoutThroughSymlink => [ImageArchive.Symlink("link", outside), ImageArchive.File("link/.wh.canary", ""), ImageArchive.File("link/.wh..wh..opq", "")],
            Attack.WhiteoutOfEverything => [ImageArchive.File(".wh.", ""), ImageArchive.File(".wh..", "")],
            _ => throw new ArgumentOutOfRangeException(nameof(attack)),
        };
    }

    /// <summary>Sends an archive; an answer other than success must be one of the client's faults.</summary>
    private async Task TryAsync(string path, byte[] archive)
    {
        using ByteArrayContent content = new(archive);
        using HttpResponseMessage response = await Api.PostAsync(path, content);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode is 200 or (>= 400 and < 500), $"{path}: {(int)response.StatusCode} {body}");
        await DockerAsync("rmi", "-f", "hostile:latest");
    }

    private async Task RefusedAsync(string path, byte[] archive)
    {
        using ByteArrayContent content = new(archive);
        using HttpResponseMessage response = await Api.PostAsync(path, content);
        await EngineApi.ErrorAsync(response, 400, 404);
        await Api.PingAsync();
    }

    private static void Replace(byte[] archive, byte[] old, byte[] replacement)
    {
        int at = archive.AsSpan().IndexOf(old);
        Assert.True(at > 0 && old.Length == replacement.Length);
        replacement.CopyTo(archive, at);
    }
}
