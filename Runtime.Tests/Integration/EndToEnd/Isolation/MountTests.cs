using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Isolation;

/// <summary>Binds, volumes and tmpfs.</summary>
public sealed class MountTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Bind_is_shared_with_the_machine(Cli cli)
    {
        string directory = MakeDirectory("bound");
        await File.WriteAllTextAsync(Path.Combine(directory, "in"), "from outside\n");

        CommandResult result = (await Clients.RunAsync(cli, "run", "--rm", "-v", $"{directory}:/mnt/deep", "busybox", "sh", "-c", "cat /mnt/deep/in; echo from inside > /mnt/deep/out")).Exits(0);

        Assert.Equal("from outside\n", result.Stdout);
        Assert.Equal("from inside\n", await File.ReadAllTextAsync(Path.Combine(directory, "out")));
        Directory.Delete(directory, recursive: true);
    }

    [RootTheory]
    [InlineData("-v", "{0}:/m:ro")]
    [InlineData("--mount", "type=bind,source={0},target=/m,readonly")]
    public async Task Bind_can_be_read_only(string flag, string form)
    {
        string directory = MakeDirectory("bound");

        (await ShellAsync("touch /m/x", flag, string.Format(null, form, directory))).Exits(1).Says("read-only file system");

        Assert.Empty(Directory.EnumerateFileSystemEntries(directory));
        Directory.Delete(directory);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Part_of_a_volume_can_be_mounted(Cli cli)
    {
        string volume = "parts-" + cli;
        (await ShellAsync("mkdir -p /v/a/b; echo deep > /v/a/b/file; ln -s a/b /v/link", "-v", $"{volume}:/v")).Exits(0);
        string Part(string path) => $"type=volume,source={volume},target=/part,volume-subpath={path}";

        foreach (string path in new[] { "a/b", "link" })
        {
            Assert.Equal("deep\n", (await Clients.RunAsync(cli, "run", "--rm", "--mount", Part(path), "busybox", "cat", "/part/file")).Exits(0).Stdout);
        }

        Assert.Equal("deep\n", (await Clients.RunAsync(cli, "run", "--rm", "--mount", Part("a/b/file"), "busybox", "cat", "/part")).Exits(0).Stdout);
        (await Clients.RunAsync(cli, "run", "--rm", "--mount", Part("none"), "busybox", "true")).Exits(127).Says("cannot access path none of volume");
        (await Clients.RunAsync(cli, "run", "--rm", "--mount", Part("../x"), "busybox", "true")).Exits(125).Says("subpath must be a relative path within the volume");
        (await DockerAsync("volume", "rm", volume)).Exits(0);
    }

    /// <summary>Containers write into volumes: a link in one leads nowhere else.</summary>
    [RootFact]
    public async Task Part_of_a_volume_never_leads_out_of_it()
    {
        string volume = "leading";
        (await ShellAsync("ln -s /etc /v/absolute; ln -s ../../.. /v/up; mkdir /v/d; ln -s ../../../../../etc /v/d/deep", "-v", $"{volume}:/v")).Exits(0);

        foreach (string path in new[] { "absolute", "up", "d/deep", "absolute/passwd" })
        {
            (await DockerAsync("run", "--rm", "--mount", $"type=volume,source={volume},target=/part,volume-subpath={path}", "busybox", "ls", "/part")).Exits(125).Says("leads out of the volume");
        }

        (await DockerAsync("volume", "rm", volume)).Exits(0);
    }

    [RootFact]
    public async Task Part_of_a_volume_is_what_a_copy_sees()
    {
        string volume = "copied";
        (await ShellAsync("mkdir /v/a; echo deep > /v/a/file", "-v", $"{volume}:/v")).Exits(0);
        string container = (await DockerAsync("create", "--mount", $"type=volume,source={volume},target=/part,volume-subpath=a", "busybox", "true")).Exits(0).Line;

        string target = Path.Combine(Host.Root, "copied-file");
        (await DockerAsync("cp", $"{container}:/part/file", target)).Exits(0);

        Assert.Equal("deep\n", await File.ReadAllTextAsync(target));
        File.Delete(target);
        (await DockerAsync("rm", container)).Exits(0);
        (await DockerAsync("volume", "rm", volume)).Exits(0);
    }

    [RootFact]
    public async Task File_can_be_bound()
    {
        string file = Path.Combine(Host.Root, "bound-file");
        await File.WriteAllTextAsync(file, "content\n");

        Assert.Equal("content\n", (await ShellAsync("cat /etc/bound", "-v", $"{file}:/etc/bound:ro")).Exits(0).Stdout);
        File.Delete(file);
    }

    [RootFact]
    public async Task Missing_source_of_v_is_made_and_of_mount_is_refused()
    {
        string directory = Path.Combine(Host.Root, "made");

        (await ShellAsync("true", "-v", $"{directory}:/m")).Exits(0);
        Assert.True(Directory.Exists(directory));
        Directory.Delete(directory);

        (await ShellAsync("true", "--mount", $"type=bind,source={directory},target=/m")).Exits(125).Says("bind source path does not exist");
        Assert.False(Directory.Exists(directory));
    }

    [RootFact]
    public async Task Tmpfs_takes_size_and_mode()
    {
        string line = (await ShellAsync("grep ' /t ' /proc/mounts; stat -c %a /t; touch /t/x", "--tmpfs", "/t:size=1m,mode=700")).Exits(0).Stdout;

        Assert.Contains("tmpfs /t tmpfs ", line, StringComparison.Ordinal);
        Assert.Contains("size=1024k", line, StringComparison.Ordinal);
        Assert.EndsWith("\n700\n", line, StringComparison.Ordinal);
    }

    /// <summary>A directory that was for its owner alone is so when it is a tmpfs; one that is made for it is for all, at a restart too.</summary>
    [RootFact]
    public async Task Tmpfs_has_the_mode_of_what_it_covers()
    {
        string made = (await DockerAsync("run", "-d", "busybox", "mkdir", "-m", "2750", "/closed")).Exits(0).Line;
        (await DockerAsync("wait", made)).Exits(0);
        (await DockerAsync("commit", made, "modes:1")).Exits(0);
        string id = (await DockerAsync("run", "-d", "--tmpfs", "/closed", "--mount", "type=tmpfs,target=/new", "--tmpfs", "/other:mode=711", "modes:1", "stat", "-c", "%a", "/closed", "/new", "/other")).Exits(0).Line;
        (await DockerAsync("wait", id)).Exits(0);
        (await DockerAsync("start", "-a", id)).Exits(0);

        Assert.Equal("2750\n1777\n711\n2750\n1777\n711\n", (await DockerAsync("logs", id)).Exits(0).Stdout);
        (await DockerAsync("rm", made, id)).Exits(0);
        (await DockerAsync("rmi", "modes:1")).Exits(0);
    }

    [RootFact]
    public async Task Tmpfs_at_dev_has_the_devices() =>
        Assert.Equal("/dev/full\n/dev/null\n", (await ShellAsync("ls /dev/null /dev/full; echo > /dev/null", "--tmpfs", "/dev:dev")).Exits(0).Stdout);

    [RootFact]
    public async Task Directory_and_file_do_not_go_onto_each_other()
    {
        const string Hint = "Are you trying to mount a directory onto a file (or vice-versa)?";
        string directory = MakeDirectory("bound");
        string file = Path.Combine(directory, "file");
        await File.WriteAllTextAsync(file, "");

        (await ShellAsync("true", "-v", $"{directory}:/etc/passwd")).Exits(125).Says(Hint);
        (await ShellAsync("true", "-v", $"{file}:/etc")).Exits(125).Says(Hint);
    }

    /// <summary>What was made for a container goes with the last that has it.</summary>
    [RootFact]
    public async Task Anonymous_volume_goes_with_the_last_that_has_it()
    {
        string first = (await DockerAsync("create", "-v", "/own", "-v", "named-volume:/named", "busybox", "true")).Exits(0).Line;
        string second = (await DockerAsync("create", "--volumes-from", first, "busybox", "true")).Exits(0).Line;
        (await DockerAsync("rm", "-v", first)).Exits(0);
        Assert.Equal(2, (await DockerAsync("volume", "ls", "-q")).Exits(0).Lines.Count);

        (await DockerAsync("rm", "-v", second)).Exits(0);

        Assert.Equal(["named-volume"], (await DockerAsync("volume", "ls", "-q")).Exits(0).Lines);
        (await DockerAsync("volume", "rm", "named-volume")).Exits(0);
    }

    [RootFact]
    public async Task Link_at_the_target_stays_inside_the_container()
    {
        // The image's own link points at a directory of the machine; the mount must land in the container's /var/tmp.
        string directory = MakeDirectory("bound");
        string canary = MakeDirectory("canary");
        await File.WriteAllTextAsync(Path.Combine(directory, "file"), "x\n");
        byte[] image = ImageArchive.DockerSave("linked:latest", ImageArchive.Tar([.. ImageArchive.Busybox(), ImageArchive.Symlink("link", canary)]));
        (await LoadAsync(image)).Exits(0);

        CommandResult result = await DockerAsync("run", "--rm", "-v", $"{directory}:/link/below", "linked", "cat", "/link/below/file");

        Assert.Empty(Directory.EnumerateFileSystemEntries(canary));
        Assert.Equal("x\n", result.Exits(0).Stdout);
        (await DockerAsync("rmi", "linked")).Exits(0);
        Directory.Delete(directory, recursive: true);
        Directory.Delete(canary);
    }

    [RootFact]
    public async Task Named_volume_keeps_its_files_until_it_is_removed()
    {
        (await ShellAsync("echo kept > /v/file", "-v", "vol:/v")).Exits(0);

        Assert.Equal("kept\n", (await ShellAsync("cat /v/file", "-v", "vol:/v")).Exits(0).Stdout);

        (await DockerAsync("volume", "rm", "vol")).Exits(0);
        (await ShellAsync("cat /v/file", "-v", "vol:/v")).Exits(1);
        (await DockerAsync("volume", "rm", "vol")).Exits(0);
    }

    [RootFact]
    public async Task New_volume_gets_what_the_image_has_there()
    {
        Assert.Equal("root:x:0:0:root:/root:/bin/sh\n", (await ShellAsync("head -n 1 /etc/passwd", "-v", "copied:/etc")).Exits(0).Stdout);

        (await DockerAsync("volume", "rm", "copied")).Exits(0);
    }

    [RootFact]
    public async Task Anonymous_volume_goes_with_its_container()
    {
        // The leak check after each test sees whether its files went.
        (await DockerAsync("run", "--rm", "-v", "/data", "busybox", "touch", "/data/x")).Exits(0);
        string id = await StartAsync("touch /data/x; sleep 1000", "-v", "/data");

        (await DockerAsync("rm", "-f", "-v", id)).Exits(0);
    }

    [RootFact]
    public async Task Mounts_do_not_reach_the_machine()
    {
        string directory = MakeDirectory("bound");
        string id = await StartAsync("sleep 1000", "-v", $"{directory}:/m", "--tmpfs", "/t");

        Assert.DoesNotContain(await File.ReadAllLinesAsync("/proc/self/mountinfo"), line => line.Contains(Host.Name, StringComparison.Ordinal) || line.Contains(id, StringComparison.Ordinal));
        (await DockerAsync("rm", "-f", id)).Exits(0);
        Directory.Delete(directory);
    }

    private string MakeDirectory(string name) => Directory.CreateDirectory(Path.Combine(Host.Root, name)).FullName;
}
