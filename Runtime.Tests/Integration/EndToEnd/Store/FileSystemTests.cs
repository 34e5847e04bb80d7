using System.Globalization;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Store;

/// <summary>Daemons whose data root is on a file system of its own, on a loop device: each storage driver where it belongs.</summary>
public sealed class FileSystemTests(ITestOutputHelper output)
{
    /// <summary>Writes until that is refused; prints the words and the size.</summary>
    private const string Filling = "dd if=/dev/zero of=/fill bs=64k 2>&1; stat -c %s /fill";

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
        (await daemon.RefuseAsync("--storage-opt", "overlay2.size=1G")).Exits(1).Says("Storage option overlay2.size not supported").Says("has not enabled quotas");
        (await daemon.RefuseAsync("--storage-opt", "overlay2.size=much")).Exits(1).Says("invalid size: 'much'");
        (await daemon.RefuseAsync("--storage-opt", "btrfs.min_space=1G")).Exits(1).Says("btrfs.min_space=1G is not one of storage driver overlay2");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Inside(host, daemon), "overlay2"));
        Assert.DoesNotContain("btrfs", Directory.EnumerateDirectories(Inside(host, daemon)).Select(Path.GetFileName));
    }

    /// <summary>Without project quotas (no file system of most kernels has them mounted) a size is refused, and nothing is left of what asked for it.</summary>
    [RootTheory]
    [InlineData("overlay2", "--storage-opt is supported only for overlay over xfs with 'pquota' mount option")]
    [InlineData("vfs", "Filesystem does not support, or has not enabled quotas")]
    public async Task Size_is_refused_where_there_are_no_quotas(string driver, string message)
    {
        await using TestHost host = await TestHost.CreateAsync();
        await using TestDaemon daemon = new(host);
        await MountAsync(host, daemon, "mkfs.ext4 -q");
        await daemon.StartAsync("--storage-driver", driver);
        Clients clients = new(daemon);
        await clients.ImportBusyboxAsync();

        (await clients.RunAsync(Cli.Docker, "create", "--storage-opt", "size=20m", "-v", "kept-out:/v", "busybox")).Exits(1).Says(message);
        (await clients.RunAsync(Cli.Docker, "create", "--storage-opt", "size=much", "busybox")).Exits(1).Says("invalid size: 'much'");
        (await clients.RunAsync(Cli.Docker, "create", "--storage-opt", "colour=red", "busybox")).Exits(1).Says("Unknown option colour");
        (await clients.RunAsync(Cli.Docker, "volume", "create", "-o", "size=20m", "sized")).Exits(1).Says("quota size requested but no quota support");

        Assert.Equal("", (await DockerAsync(clients, "ps", "-aq")).Stdout);
        Assert.Equal("", (await DockerAsync(clients, "volume", "ls", "-q")).Stdout);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Inside(host, daemon), driver, "containers")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Inside(host, daemon), "volumes")));
    }

    /// <summary>What counts there is the whole tree, the image's part included.</summary>
    [RootFact]
    public async Task Btrfs_holds_containers_to_their_sizes()
    {
        const long Size = 64 << 20;
        await using TestHost host = await TestHost.CreateAsync();
        await using TestDaemon daemon = new(host);
        await MountAsync(host, daemon, "mkfs.btrfs -q");
        await daemon.StartAsync("--storage-driver", "btrfs", "--storage-opt", "btrfs.min_space=8m");
        Clients clients = new(daemon);
        await clients.ImportBusyboxAsync();
        long image = long.Parse((await DockerAsync(clients, "image", "inspect", "--format", "{{.Size}}", "busybox")).Line, CultureInfo.InvariantCulture);

        string words = (await DockerAsync(clients, "run", "--name", "full", "--storage-opt", $"size={Size}", "busybox", "sh", "-c", Filling)).Stdout;
        Assert.Contains("quota exceeded", words, StringComparison.Ordinal);
        Assert.InRange(Filled(words), (Size * 95 / 100) - image, Size);
        await DockerAsync(clients, "run", "--rm", "busybox", "dd", "if=/dev/zero", "of=/fill", "bs=1M", "count=100");
        words = (await DockerAsync(clients, "run", "--rm", "--storage-opt", "size=32m", "busybox", "sh", "-c", Filling)).Stdout;
        Assert.InRange(Filled(words), (Size / 2 * 95 / 100) - image, Size / 2);

        await daemon.KillAsync();
        await daemon.StartAsync("--storage-driver", "btrfs", "--storage-opt", "btrfs.min_space=8m");
        words = (await DockerAsync(clients, "start", "-a", "full")).Stdout;
        Assert.InRange(Filled(words), (Size * 95 / 100) - image, Size);
        Assert.Equal($"{Size}", (await DockerAsync(clients, "inspect", "--format", "{{.HostConfig.StorageOpt.size}}", "full")).Line);

        (await clients.RunAsync(Cli.Docker, "create", "--storage-opt", "size=4m", "busybox")).Exits(1).Says("btrfs: storage size cannot be less than 8388608 bytes");
        (await clients.RunAsync(Cli.Docker, "create", "--storage-opt", "size=0", "busybox")).Exits(1).Says("btrfs: invalid storage size: 0B");
        (await clients.RunAsync(Cli.Docker, "create", "--storage-opt", "size=much", "busybox")).Exits(1).Says("invalid size: 'much'");
        (await clients.RunWithInputAsync(Cli.Docker, "FROM busybox\nRUN dd if=/dev/zero of=/big bs=1M count=20", "build", "-q", "-t", "big", "-")).Exits(0);
        (await clients.RunAsync(Cli.Docker, "create", "--storage-opt", "size=10m", "big")).Exits(1).Says("the image does not fit into the container's size");
        Assert.Equal("full", (await DockerAsync(clients, "ps", "-a", "--format", "{{.Names}}")).Line);

        await DockerAsync(clients, "rm", "full");
        await Eventually.HoldsAsync("the limits are gone", async () =>
            !(await host.RunAsync("btrfs", "qgroup", "show", "-r", "--raw", daemon.DataRoot)).Exits(0).Stdout.Contains($"{Size}", StringComparison.Ordinal));
        await TrashIsEmptiedAsync(host, daemon, "btrfs");
    }

    private static long Filled(string output) => long.Parse(output.Trim().Split('\n')[^1], CultureInfo.InvariantCulture);

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
