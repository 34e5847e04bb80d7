using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Isolation;

/// <summary>Volumes of the local driver with its options type, device and o: mounted while somebody uses them, and never seen on the host.</summary>
public sealed class VolumeDriverOptionTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData(Cli.Docker)]
    [InlineData(Cli.Rtctl)]
    public async Task Tmpfs_is_shared_while_it_is_used(Cli cli)
    {
        (await Clients.RunAsync(cli, "volume", "create", "--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt", "o=size=1m,mode=751,nosuid", "scratch-volume")).Exits(0);
        string first = await StartAsync("echo one > /m/file; sleep 1000", "-v", "scratch-volume:/m");
        await Eventually.HoldsAsync("the file is there", async () => (await DockerAsync("exec", first, "cat", "/m/file")).Stdout == "one\n");

        string seen = (await Clients.RunAsync(cli, "run", "--rm", "-v", "scratch-volume:/m", "busybox", "sh", "-c", "cat /m/file; grep ' /m ' /proc/mounts; stat -c %a /m")).Exits(0).Stdout;

        Assert.StartsWith("one\ntmpfs /m tmpfs rw,nosuid", seen, StringComparison.Ordinal);
        Assert.Contains("size=1024k", seen, StringComparison.Ordinal);
        Assert.EndsWith("\n751\n", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("scratch-volume", (await Host.RunAsync("cat", $"/proc/{Daemon.Pid}/mountinfo")).Stdout, StringComparison.Ordinal);
        (await DockerAsync("volume", "rm", "scratch-volume")).Exits(1).Says("volume is in use");

        // The last user takes it along.
        (await DockerAsync("rm", "-f", first)).Exits(0);
        Assert.Equal("", (await ShellAsync("ls -A /m", "--mount", "type=volume,src=scratch-volume,dst=/m,volume-nocopy")).Exits(0).Stdout);
        (await DockerAsync("volume", "rm", "scratch-volume")).Exits(0);
    }

    [RootFact]
    public async Task Bind_is_the_hosts_directory()
    {
        string directory = Directory.CreateDirectory(Path.Combine(Host.Root, "device")).FullName;
        Directory.CreateDirectory(Path.Combine(directory, "part"));
        (await DockerAsync("volume", "create", "-o", "type=none", "-o", "o=bind", "-o", $"device={directory}", "bound")).Exits(0);

        (await ShellAsync("echo x > /v/part/file", "-v", "bound:/v")).Exits(0);
        Assert.Equal("x\n", await File.ReadAllTextAsync(Path.Combine(directory, "part", "file")));
        Assert.Equal("file\n", (await ShellAsync("ls /v", "--mount", "type=volume,src=bound,dst=/v,volume-subpath=part")).Exits(0).Stdout);
        (await ShellAsync("ls /v", "--mount", "type=volume,src=bound,dst=/v,volume-subpath=none")).Says("cannot access path none of volume bound");
        (await ShellAsync("touch /v/x", "-v", "bound:/v:ro")).Exits(1).Says("read-only file system");

        // Its data is the host's: removing the volume does not take it.
        (await DockerAsync("volume", "rm", "bound")).Exits(0);
        Assert.True(File.Exists(Path.Combine(directory, "part", "file")));
        Directory.Delete(directory, recursive: true);
    }

    [RootFact]
    public async Task Empty_one_is_filled_from_the_image()
    {
        string directory = Directory.CreateDirectory(Path.Combine(Host.Root, "device")).FullName;
        (await DockerAsync("volume", "create", "-o", "type=none", "-o", "o=bind", "-o", $"device={directory}", "filled")).Exits(0);

        (await ShellAsync("true", "-v", "filled:/etc")).Exits(0);

        Assert.StartsWith("root:", await File.ReadAllTextAsync(Path.Combine(directory, "passwd")), StringComparison.Ordinal);
        (await DockerAsync("volume", "rm", "filled")).Exits(0);
        Directory.Delete(directory, recursive: true);
    }

    [RootFact]
    public async Task Overlay_is_mounted_with_its_options()
    {
        string directory = Path.Combine(Host.Root, "layers");
        foreach (string part in new[] { "lower", "upper", "work" })
        {
            Directory.CreateDirectory(Path.Combine(directory, part));
        }

        await File.WriteAllTextAsync(Path.Combine(directory, "lower", "below"), "below\n");
        (await DockerAsync("volume", "create", "-o", "type=overlay", "-o", "device=overlay", "-o", $"o=lowerdir={directory}/lower,upperdir={directory}/upper,workdir={directory}/work", "laid")).Exits(0);
        string first = await StartAsync("sleep 1000", "-v", "laid:/v");

        // A second mount of the same layers would be refused: it is one for both.
        Assert.Equal("below\n", (await ShellAsync("cat /v/below; touch /v/above", "-v", "laid:/v")).Exits(0).Stdout);
        (await DockerAsync("exec", first, "test", "-e", "/v/above")).Exits(0);

        Assert.True(File.Exists(Path.Combine(directory, "upper", "above")));
        (await DockerAsync("rm", "-f", first)).Exits(0);
        (await DockerAsync("volume", "rm", "laid")).Exits(0);
        Directory.Delete(directory, recursive: true);
    }

    [RootTheory]
    [InlineData("type=none", "o=bind", "device=/nowhere", "no such file or directory")]
    [InlineData("type=ext4", "o=ro", "device=/dev/null", "block device required")]
    [InlineData("type=nosuchfs", "o=ro", "device=none", "no such device")]
    [InlineData("type=nfs", "o=addr=nowhere.invalid,rw", "device=:/export", "error resolving passed in network volume address")]
    public async Task Failed_mount_says_why(string type, string words, string device, string reason)
    {
        (await DockerAsync("volume", "create", "-o", type, "-o", words, "-o", device, "broken")).Exits(0);

        CommandResult create = (await DockerAsync("create", "-v", "broken:/v", "busybox")).Exits(1).Says("failed to populate volume: error while mounting volume").Says(reason);
        Assert.Contains("_data'", create.Stderr, StringComparison.Ordinal);
        string id = (await DockerAsync("create", "--mount", "type=volume,src=broken,dst=/v,volume-nocopy", "busybox")).Exits(0).Line;
        (await DockerAsync("start", id)).Exits(1).Says("error while mounting volume").Says(reason);
        (await DockerAsync("cp", $"{id}:/v/x", Host.Root)).Exits(1).Says(reason);

        (await DockerAsync("rm", id)).Exits(0);
        (await DockerAsync("volume", "rm", "broken")).Exits(0);
    }

    [RootFact]
    public async Task Copies_reach_into_it_whether_the_container_runs_or_not()
    {
        string directory = Directory.CreateDirectory(Path.Combine(Host.Root, "device")).FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "file"), "content\n");
        (await DockerAsync("volume", "create", "-o", "type=none", "-o", "o=bind", "-o", $"device={directory}", "copied")).Exits(0);
        string id = (await DockerAsync("create", "-v", "copied:/v", "busybox", "sleep", "1000")).Exits(0).Line;
        string target = Path.Combine(Host.Root, "target");

        foreach (bool running in new[] { false, true })
        {
            if (running)
            {
                (await DockerAsync("start", id)).Exits(0);
            }

            (await DockerAsync("cp", $"{id}:/v/file", target)).Exits(0);
            Assert.Equal("content\n", await File.ReadAllTextAsync(target));
            (await DockerAsync("cp", target, $"{id}:/v/back-{running}")).Exits(0);
            Assert.True(File.Exists(Path.Combine(directory, $"back-{running}")));
        }

        (await DockerAsync("rm", "-f", id)).Exits(0);
        (await DockerAsync("volume", "rm", "copied")).Exits(0);
        File.Delete(target);
        Directory.Delete(directory, recursive: true);
    }

    [RootFact]
    public async Task Inspect_shows_options_and_df_and_prune_leave_it_alone()
    {
        (await DockerAsync("volume", "create", "--label", "a=b", "-o", "type=tmpfs", "-o", "device=tmpfs", "kept")).Exits(0);

        JToken volume = await Api.GetJsonAsync("/volumes/kept");
        Assert.Equal(("tmpfs", "local", "b"), ((string)volume["Options"]!["type"]!, (string)volume["Driver"]!, (string)volume["Labels"]!["a"]!));
        Assert.DoesNotContain("kept", (await DockerAsync("volume", "prune", "-af")).Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Empty((await Api.GetJsonAsync("/system/df"))["Volumes"]!);
        (await DockerAsync("volume", "create", "-d", "other", "kept")).Exits(1).Says("volume name must be unique");
        (await DockerAsync("volume", "rm", "kept")).Exits(0);
    }

    [RootFact]
    public async Task It_is_mounted_anew_after_a_crash_of_the_daemon()
    {
        string directory = Directory.CreateDirectory(Path.Combine(Host.Root, "device")).FullName;
        (await DockerAsync("volume", "create", "-o", "type=none", "-o", "o=bind", "-o", $"device={directory}", "crashed")).Exits(0);
        string id = await StartAsync("echo x >> /v/file; sleep 1000", "--restart", "always", "-v", "crashed:/v");
        await Eventually.HoldsAsync("the file is there", () => File.Exists(Path.Combine(directory, "file")));

        await Daemon.KillAsync();
        await Daemon.StartAsync();

        await Eventually.HoldsAsync("the container has started again", () => File.ReadAllText(Path.Combine(directory, "file")) == "x\nx\n");
        (await DockerAsync("rm", "-f", id)).Exits(0);
        (await DockerAsync("volume", "rm", "crashed")).Exits(0);
        Directory.Delete(directory, recursive: true);
        await Fixture.RebaseAsync();
    }
}
