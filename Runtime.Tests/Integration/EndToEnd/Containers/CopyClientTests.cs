using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary><c>cp</c> of both clients: what a destination means, and what arrives.</summary>
public sealed class CopyClientTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private static int s_heres;

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Files_and_directories_come_out(Cli cli)
    {
        string id = await StartAsync("mkdir -p /tree/sub; echo a > /tree/file; ln /tree/file /tree/hard; ln -s file /tree/link; chmod 640 /tree/file; echo b > /tree/sub/deep; touch /done; exec sleep 1000");
        await MadeAsync(id);
        string here = Here(cli);

        await CopyAsync(cli, $"{id}:/tree/file", $"{here}/new");
        await CopyAsync(cli, $"{id}:/tree", here);
        await CopyAsync(cli, $"{id}:/tree", $"{here}/renamed");
        Directory.CreateDirectory($"{here}/contents");
        await CopyAsync(cli, $"{id}:/tree/.", $"{here}/contents");
        await CopyAsync(cli, $"{id}:/tree/link", $"{here}/link");
        await CopyAsync(cli, "-L", $"{id}:/tree/link", $"{here}/followed");

        Assert.Equal("a\n", await File.ReadAllTextAsync($"{here}/new"));
        Assert.Equal("a\n", await File.ReadAllTextAsync($"{here}/tree/hard"));
        Assert.Equal("b\n", await File.ReadAllTextAsync($"{here}/renamed/sub/deep"));
        Assert.Equal("b\n", await File.ReadAllTextAsync($"{here}/contents/sub/deep"));
        Assert.Equal("file", new FileInfo($"{here}/tree/link").LinkTarget);
        Assert.Equal("file", new FileInfo($"{here}/link").LinkTarget);
        Assert.Equal("a\n", await File.ReadAllTextAsync($"{here}/followed"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode($"{here}/tree/file"));
        (await Clients.RunAsync(cli, "cp", $"{id}:/tree", $"{here}/new")).Exits(1).Says("cannot copy directory");
        (await Clients.RunAsync(cli, "cp", $"{id}:/tree/file", $"{here}/none/")).Exits(1).Says("no such directory");
        (await Clients.RunAsync(cli, "cp", $"{id}:/tree/file", $"{here}/none/file")).Exits(1).Says("does not exist");
        (await Clients.RunAsync(cli, "cp", $"{id}:/nothing", here)).Exits(1).Says("Could not find the file /nothing in container");
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Files_and_directories_go_in(Cli cli)
    {
        string id = await StartAsync("mkdir /into; ln -s into /through; touch /into/old; touch /done; exec sleep 1000");
        await MadeAsync(id);
        string here = Here(cli);
        Directory.CreateDirectory($"{here}/tree/sub");
        await File.WriteAllTextAsync($"{here}/tree/sub/deep", "deep\n");
        await File.WriteAllTextAsync($"{here}/file", "text\n");
        File.CreateSymbolicLink($"{here}/tree/link", "sub/deep");

        await CopyAsync(cli, $"{here}/file", $"{id}:/into");
        await CopyAsync(cli, $"{here}/file", $"{id}:/into/other");
        await CopyAsync(cli, $"{here}/file", $"{id}:/through/behind");
        await CopyAsync(cli, $"{here}/tree", $"{id}:/into");
        await CopyAsync(cli, $"{here}/tree", $"{id}:/made");
        await CopyAsync(cli, $"{here}/tree/.", $"{id}:/tmp");

        Assert.Equal(
            "text\ntext\ntext\ndeep\ndeep\ndeep\n",
            (await DockerAsync("exec", id, "cat", "/into/file", "/into/other", "/into/behind", "/into/tree/sub/deep", "/made/sub/deep", "/tmp/link")).Exits(0).Stdout);
        (await Clients.RunAsync(cli, "cp", $"{here}/tree", $"{id}:/into/old")).Exits(1).Says("cannot copy directory");
        (await Clients.RunAsync(cli, "cp", $"{here}/file", $"{id}:/none/")).Exits(1);
        (await Clients.RunAsync(cli, "cp", $"{here}/nothing", $"{id}:/")).Exits(1).Says("no such file or directory");
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Streams_are_archives(Cli cli)
    {
        string id = await StartAsync("mkdir /from /to; echo x > /from/file; touch /done; exec sleep 1000");
        await MadeAsync(id);

        CommandResult piped = await Command.RunAsync(
            ["sh", "-c", $"{Line(cli)} cp {id}:/from - | {Line(cli)} cp - {id}:/to"], environment: Clients.Environment);

        piped.Exits(0);
        Assert.Equal("x\n", (await DockerAsync("exec", id, "cat", "/to/from/file")).Exits(0).Stdout);
        (await Command.RunAsync(["sh", "-c", $"{Line(cli)} cp - {id}:/from/file </dev/null"], environment: Clients.Environment)).Exits(1).Says("must be a directory");
    }

    [RootFact]
    public async Task Stats_are_drawn_until_the_container_is_gone()
    {
        string id = await StartAsync("exec sleep 1000", "--name", "drawn");
        using Terminal terminal = Clients.OpenTerminal(Cli.Rtctl, "stats", "drawn");
        await terminal.ShowsAsync("CPU %");
        await terminal.ShowsAsync("drawn");
        (await DockerAsync("rm", "-f", id)).Exits(0);

        Assert.Equal(0, await terminal.ExitAsync());
        Assert.Contains("CONTAINER ID", (await RtctlAsync("stats", "--no-stream")).Exits(0).Stdout, StringComparison.Ordinal);
    }

    private async Task MadeAsync(string id) => await Eventually.HoldsAsync("its files are made", async () => (await DockerAsync("exec", id, "test", "-e", "/done")).ExitCode == 0);

    private async Task CopyAsync(Cli cli, params string[] arguments) => (await Clients.RunAsync(cli, ["cp", .. arguments])).Exits(0);

    private string Here(Cli cli)
    {
        string directory = Path.Combine(Host.Root, $"here-{cli}-{Interlocked.Increment(ref s_heres)}");
        Directory.CreateDirectory(directory);
        return directory;
    }

    private string Line(Cli cli) => string.Join(' ', Clients.CommandLine(cli));
}
