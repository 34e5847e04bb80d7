using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Images;

/// <summary>What rtctl adds to the API's images: shares and sizes, archives, prompts, and a terminal that is left as it was.</summary>
public sealed class ClientTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string CtrlC = "\u0003";

    private static readonly byte[] s_base = ImageArchive.Tar([.. ImageArchive.Busybox(), ImageArchive.File("base", new byte[300_000])]);

    private static readonly byte[] s_upper = ImageArchive.Tar(ImageArchive.File("upper", new byte[70_000]));

    [RootFact]
    public async Task Tree_shows_what_images_share_and_what_a_name_frees()
    {
        (await LoadAsync(ImageArchive.DockerSave("first:1", s_base))).Exits(0);
        (await LoadAsync(ImageArchive.DockerSave("second:1", s_base, s_upper))).Exits(0);
        (await RtctlAsync("tag", "first:1", "first:2")).Exits(0);

        JObject first = await TreeAsync("first");
        JObject second = await TreeAsync("second");

        Assert.Equal(["second:1"], first["Layers"]![0]!["SharedWith"]!.Values<string>());
        Assert.Equal(["first:1"], second["Layers"]![0]!["SharedWith"]!.Values<string>().Intersect(["first:1"]));
        Assert.Empty(second["Layers"]![1]!["SharedWith"]!);
        Assert.Equal(0, (long)first["Frees"]!);
        Assert.Equal((long)second["Size"]! - (long)first["Size"]!, (long)second["Frees"]!);
        Assert.True((long)second["Frees"]! >= 70_000);

        string table = (await RtctlAsync("images", "--tree", "second")).Exits(0).Stdout;
        Assert.Matches(@"(?m)^second:1 +[0-9a-f]{12} +[0-9.]+MB +[0-9.]+kB$", table);
        Assert.Matches(@"(?m)^├─ [0-9a-f]{12} +[0-9.]+MB +first:[12]$", table);

        (await RtctlAsync("rmi", "first:1", "first:2", "second:1")).Exits(0);
    }

    [RootFact]
    public async Task Save_and_load_by_files()
    {
        (await LoadAsync(ImageArchive.DockerSave("saved:1", s_base, s_upper))).Exits(0);
        string before = await LayersAsync("saved:1");
        string file = Path.Combine(Host.Root, "saved.tar");

        (await RtctlAsync("save", "-o", file, "saved:1")).Exits(0);
        (await RtctlAsync("rmi", "saved:1")).Exits(0);
        CommandResult load = (await RtctlAsync("load", "-i", file)).Exits(0);

        Assert.Equal("Loaded image: saved:1\n", load.Stdout);
        Assert.Equal(before, await LayersAsync("saved:1"));
        (await RtctlAsync("rmi", "saved:1")).Exits(0);
    }

    [RootFact]
    public async Task An_archive_is_not_written_to_a_terminal()
    {
        using Terminal terminal = Clients.OpenTerminal(Cli.Rtctl, "save", "busybox");

        Assert.Equal(1, await terminal.ExitAsync());
        Assert.Equal("cowardly refusing to save to a terminal. Use the -o flag or redirect\n", terminal.Output);
    }

    [RootFact]
    public async Task Ctrl_c_ends_a_load_and_nothing_is_left()
    {
        string pipe = Path.Combine(Host.Root, "pipe");
        string part = Path.Combine(Host.Root, "part.tar");
        byte[] archive = ImageArchive.DockerSave("half:1", s_base);
        await File.WriteAllBytesAsync(part, archive[..(archive.Length / 2)]);
        (await Command.RunAsync(["mkfifo", pipe])).Exits(0);

        // The client itself holds the pipe's other end: the archive does not end, it only does not go on.
        using Terminal terminal = OpenShell($"exec 4<>{pipe}; {{ cat {part} >{pipe}; echo sent; }} & exec {Tree.Rtctl} load -i {pipe}");
        await terminal.ShowsAsync("sent");
        terminal.Type(CtrlC);

        Assert.Equal(130, await terminal.ExitAsync());
        Assert.Empty((await RtctlAsync("images", "-q", "half")).Exits(0).Stdout);
    }

    [RootFact]
    public async Task A_password_is_not_shown()
    {
        using Terminal terminal = OpenShell($"{Tree.Rtctl} login 127.0.0.1:1; echo code=$?; stty -a | grep -ow -- '-*echo'");

        await terminal.ShowsAsync("Username: ");
        terminal.Type("somebody\n");
        await terminal.ShowsAsync("Password: ");
        terminal.Type("secret\n");

        await terminal.ShowsAsync("code=1\necho\n");
        Assert.DoesNotContain("secret", terminal.Output, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Ctrl_c_at_the_password_gives_the_terminal_back()
    {
        // The shell passes over the signal, which goes to all on the terminal.
        using Terminal terminal = OpenShell($"trap : INT; {Tree.Rtctl} login -u somebody 127.0.0.1:1; echo code=$?; stty -a | grep -ow -- '-*echo'");

        await terminal.ShowsAsync("Password: ");
        terminal.Type(CtrlC);

        await terminal.ShowsAsync("code=130\necho\n");
    }

    private Terminal OpenShell(string script) => new(Host.Inside("sh", "-c", script), Clients.Environment);

    private async Task<JObject> TreeAsync(string name) => JObject.Parse((await RtctlAsync("images", "--tree", "--format", "json", name)).Exits(0).Line);

    private async Task<string> LayersAsync(string image) => (await RtctlAsync("image", "inspect", "--format", "{{json .RootFS.Layers}}", image)).Exits(0).Line;
}
