using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Store;

/// <summary>Daemons whose data root is on a file system of its own, on a loop device: each storage driver where it belongs.</summary>
public sealed class FileSystemTests(ITestOutputHelper output)
{
    [RootTheory]
    [InlineData("mkfs.ext4 -q", null, "overlay2")]
    [InlineData("mkfs.xfs -q", null, "overlay2")]
    [InlineData("mkfs.btrfs -q", null, "overlay2")]
    [InlineData("mkfs.btrfs -q", "btrfs", "btrfs")]
    [InlineData("mkfs.ext4 -q", "fuse-overlayfs", "fuse-overlayfs")]
    [InlineData("mkfs.ext4 -q", "vfs", "vfs")]
    public async Task Images_and_containers_live_there(string mkfs, string? asked, string expected)
    {
        await using TestHost host = await TestHost.CreateAsync();
        await using TestDaemon daemon = new(host);
        await MountAsync(host, daemon, mkfs);
        string[] flags = asked is null ? [] : ["--storage-driver", asked];
        await daemon.StartAsync(flags);
        Clients clients = new(daemon);
        try
        {
            await clients.ImportBusyboxAsync();
            await WorkAsync(clients, expected);
            if (expected == "btrfs")
            {
                await SubvolumesOfContainersGoAsync(host, daemon, clients);
            }

            await daemon.StopAsync();
            Assert.Empty(await new StoreChecker(Inside(host, daemon), expected).FindProblemsAsync(content: false));

            // What the data root was made with is what it is used with.
            (await daemon.RefuseAsync("--storage-driver", expected == "vfs" ? "overlay2" : "vfs")).Exits(1).Says($"was made by storage driver \"{expected}\"");
            await daemon.StartAsync();
            Assert.Equal(expected, (await DockerAsync(clients, "info", "--format", "{{.Driver}}")).Line);
            Assert.Equal("kept\n", (await DockerAsync(clients, "run", "--rm", "committed", "cat", "/kept")).Stdout);
            await DockerAsync(clients, "rmi", "committed", "busybox");
            await Eventually.HoldsAsync("all layers are gone", () => !Directory.EnumerateFileSystemEntries(Path.Combine(Inside(host, daemon), expected, "layers")).Any());
            await TrashIsEmptiedAsync(host, daemon, expected);
        }
        finally
        {
            output.WriteLine(daemon.Log);
        }
    }

    /// <summary>Three copies of a file, of the context twice and of a stage: how often its data is there. Through overlay's mount none can be shared.</summary>
    [RootTheory]
    [InlineData("mkfs.btrfs -q", "overlay2", 2)]
    [InlineData("mkfs.xfs -q -m reflink=1", "overlay2", 2)]
    [InlineData("mkfs.btrfs -q", "btrfs", 1)]
    [InlineData("mkfs.btrfs -q", "vfs", 1)]
    [InlineData("mkfs.ext4 -q", "overlay2", 3)]
    public async Task Files_that_builds_copy_share_their_data_where_they_can(string mkfs, string driver, int expected)
    {
        await using TestHost host = await TestHost.CreateAsync();
        await using TestDaemon daemon = new(host);
        await MountAsync(host, daemon, mkfs);
        await daemon.StartAsync("--storage-driver", driver);
        Clients clients = new(daemon);
        await clients.ImportBusyboxAsync();
        string context = Directory.CreateDirectory(Path.Combine(host.Root, "context")).FullName;
        byte[] content = new byte[1 << 20];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(Path.Combine(context, "big"), content);
        await File.WriteAllTextAsync(
            Path.Combine(context, "Dockerfile"),
            "FROM busybox AS stage\nCOPY --chmod=600 big /first\nFROM busybox\nCOPY --chown=5:6 big /dir/second\nCOPY --from=stage /first /third");

        await DockerAsync(clients, "build", "-q", "-t", "copies", context);

        string[] sums = [.. (await DockerAsync(clients, "run", "--rm", "copies", "sha256sum", "/dir/second", "/third")).Lines.Select(line => line[..64])];
        string digest = ImageArchive.Digest(content);
        Assert.Equal([digest, digest], sums);
        Assert.Equal("5:6 644\n0:0 600\n", (await DockerAsync(clients, "run", "--rm", "copies", "stat", "-c", "%u:%g %a", "/dir/second", "/third")).Stdout);
        string places = (await host.RunAsync("sh", "-euc", $$"""
            find {{daemon.DataRoot}}/{{driver}}/layers -type f \( -name first -o -name second -o -name third \) -exec filefrag -sv {} + | awk '$1 == "0:" { print $4 }' | sort -u
            """)).Exits(0).Stdout;
        Assert.Equal(expected, places.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [RootFact]
    public async Task Driver_that_does_not_work_there_is_refused_with_the_reason()
    {
        await using TestHost host = await TestHost.CreateAsync();
        await using TestDaemon daemon = new(host);
        await MountAsync(host, daemon, "mkfs.ext4 -q");
        await File.WriteAllTextAsync(daemon.ConfigFile, "{}");

        (await daemon.RefuseAsync("--storage-driver", "btrfs")).Exits(1).Says("storage driver btrfs does not work on").Says("it is on extfs, not on btrfs");
        (await daemon.RefuseAsync("--storage-driver", "nonsense")).Exits(1).Says("must be one of overlay2, btrfs, fuse-overlayfs, vfs");
        (await daemon.RefuseAsync("--storage-opt", "overlay2.nonsense=1")).Exits(1).Says("unknown storage option \"overlay2.nonsense=1\"");
        (await daemon.RefuseAsync("--storage-opt", "overlay2.size=1G")).Exits(1).Says("limits on the size of containers are not supported");
        Assert.DoesNotContain("btrfs", Directory.EnumerateDirectories(Inside(host, daemon)).Select(Path.GetFileName));
    }

    private static async Task WorkAsync(Clients clients, string driver)
    {
        Assert.Equal(driver, (await DockerAsync(clients, "info", "--format", "{{.Driver}}")).Line);
        await DockerAsync(clients, "run", "--name", "work", "busybox", "sh", "-c", "echo kept > /kept; rm /bin/env; mkdir -p /new/below; ln /kept /new/link; chmod 711 /root");
        Assert.Equal(
            ["C /bin", "D /bin/env", "A /kept", "A /new", "A /new/below", "A /new/link", "C /root"],
            (await DockerAsync(clients, "diff", "work")).Lines);
        await DockerAsync(clients, "commit", "work", "committed");
        Assert.Equal("kept\n2\n", (await DockerAsync(clients, "run", "--rm", "committed", "sh", "-c", "cat /new/link; stat -c %h /kept; ls /bin/env 2>/dev/null; true")).Stdout);
        await DockerAsync(clients, "run", "--name", "other", "committed", "sh", "-c", "rm -rf /new; echo other > /kept");
        Assert.Equal("kept\n", (await DockerAsync(clients, "run", "--rm", "committed", "cat", "/kept")).Stdout);
        string saved = Path.Combine(clients.Environment["HOME"], "saved.tar");
        string layers = (await DockerAsync(clients, "inspect", "--format", "{{.Id}} {{.RootFS.Layers}}", "committed")).Line;
        await DockerAsync(clients, "save", "-o", saved, "committed");
        await DockerAsync(clients, "rm", "work", "other");
        await DockerAsync(clients, "rmi", "committed");
        await DockerAsync(clients, "load", "-i", saved);
        Assert.Equal(layers, (await DockerAsync(clients, "inspect", "--format", "{{.Id}} {{.RootFS.Layers}}", "committed")).Line);
        File.Delete(saved);
    }

    /// <summary>A container may make subvolumes in its own root, as deep as it likes; they go with it.</summary>
    private static async Task SubvolumesOfContainersGoAsync(TestHost host, TestDaemon daemon, Clients clients)
    {
        string id = (await DockerAsync(clients, "create", "busybox")).Line;
        (await host.RunAsync("sh", "-euc", $"""
            cd {daemon.DataRoot}/btrfs/containers/{id}/root
            btrfs -q subvolume create nested; mkdir -p nested/a/b; touch nested/a/b/file
            btrfs -q subvolume create nested/a/inner; for i in $(seq 100); do mkdir d; cd d; done; touch file; btrfs -q subvolume create deep; touch deep/file
            """)).Exits(0);
        await DockerAsync(clients, "rm", id);
        await TrashIsEmptiedAsync(host, daemon, "btrfs");
        Assert.DoesNotContain("nested", (await host.RunAsync("btrfs", "subvolume", "list", daemon.DataRoot)).Exits(0).Stdout, StringComparison.Ordinal);
    }

    /// <summary>Removed things leave the disk after the answer.</summary>
    private static Task TrashIsEmptiedAsync(TestHost host, TestDaemon daemon, string driver) =>
        Eventually.HoldsAsync("the trash is emptied", () => !Directory.EnumerateFileSystemEntries(Path.Combine(Inside(host, daemon), driver, "trash")).Any());

    private static async Task<CommandResult> DockerAsync(Clients clients, params string[] arguments) => (await clients.RunAsync(Cli.Docker, arguments)).Exits(0);

    /// <summary>The mount ends with the host's mount namespace, and with it the loop device.</summary>
    private static async Task MountAsync(TestHost host, TestDaemon daemon, string mkfs)
    {
        string image = Path.Combine(host.Root, "disk");
        (await host.RunAsync("sh", "-euc", $"truncate -s 1G {image}; {mkfs} {image}; mkdir {daemon.DataRoot}; mount -o loop {image} {daemon.DataRoot}")).Exits(0);
    }

    /// <summary>The data root as the host's processes see it.</summary>
    private static string Inside(TestHost host, TestDaemon daemon) => $"/proc/{host.HolderPid}/root{daemon.DataRoot}";
}
