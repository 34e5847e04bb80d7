using System.Globalization;
using Rtd.Tests.Integration.EndToEnd.Store;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Faults;

/// <summary>A data root that runs full, on a small file system of its own.</summary>
public sealed class FullDiskTests(ITestOutputHelper output) : FaultTest(output)
{
    private const string NoSpace = "no space left on device";

    /// <summary>Ends when it is told to, by way of a disk that is not full.</summary>
    private const string EndsWhenTold = "while [ ! -e /dev/shm/now ]; do sleep 0.01; done; exit 42";

    private string DataRoot => $"/proc/{Host.HolderPid}/root{Daemon.DataRoot}";

    [RootTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Data_root_runs_full(bool liveRestore)
    {
        string disk = Path.Combine(Host.Root, "disk");
        (await Host.RunAsync("sh", "-euc", $"truncate -s 96M {disk}; mkfs.ext4 -q {disk}; mkdir {Daemon.DataRoot}; mount -o loop {disk} {Daemon.DataRoot}")).Exits(0);
        await StartDaemonAsync(liveRestore);
        string image = Path.Combine(Host.Root, "image.tar");
        await File.WriteAllBytesAsync(image, ImageArchive.DockerSave("large:1", ImageArchive.Tar([ImageArchive.File("large", new byte[4 << 20])])));
        await StartAsync("i=0; while :; do i=$((i+1)); echo $i; echo $i > /dev/shm/n; sleep 0.002; done", "--name", "writer", "--log-opt", "max-size=80m");
        await StartAsync(EndsWhenTold, "--name", "ends");
        await StartAsync("dd if=/dev/zero of=/dev/shm/large bs=1M count=4 2>/dev/null; sleep 1000", "--name", "source", "--tmpfs", "/large");
        await FillAsync();

        // Whoever asks for what needs the disk is told why it cannot be had.
        (await DockerAsync("run", "--name", "none", "busybox", "true")).Says(NoSpace);
        (await DockerAsync("load", "-i", image)).Says(NoSpace);
        (await DockerAsync("import", await BusyboxImage.ArchiveAsync(), "other")).Says(NoSpace);
        (await DockerAsync("commit", "writer", "committed")).Says(NoSpace);
        (await DockerAsync("network", "create", "lan")).Says(NoSpace);
        (await DockerAsync("volume", "create", "none")).Says(NoSpace);
        (await DockerAsync("rename", "source", "renamed")).Says(NoSpace);

        // All else goes on: reads, containers that run, ends.
        Assert.Equal(["ends", "source", "writer"], await ContainersAsync());
        (await DockerAsync("exec", "ends", "touch", "/dev/shm/now")).Exits(0);
        Assert.Equal("42", (await DockerAsync("wait", "ends")).Exits(0).Line);
        Assert.Equal("exited 42", await StateAsync("ends"));
        await GoesOnAsync();
        await Eventually.HoldsAsync("the loss is told", () => Daemon.Log.Contains($" lost: write {Daemon.DataRoot}", StringComparison.Ordinal));

        // Room again: what could not be written is written now, logs go on, and requests go through.
        File.Delete(Path.Combine(DataRoot, "ballast"));
        await Eventually.HoldsAsync("the end is written", () => Read(Directory.GetFiles(Path.Combine(DataRoot, "containers"), "config.json", SearchOption.AllDirectories)
            .Single(file => Read(file).Contains("\"ends\"", StringComparison.Ordinal))).Contains("\"ExitCode\": 42", StringComparison.Ordinal));
        long now = await NumberAsync();
        await Eventually.HoldsAsync("lines are logged again", async () => (await LastLineAsync()) > now);
        await Daemon.KillAsync();
        await Daemon.StartAsync();
        Assert.Equal("exited 42", await StateAsync("ends"));
        Assert.Equal(liveRestore ? "running 0" : "exited 137", await StateAsync("writer"));
        Assert.Equal(["ends", "source", "writer"], await ContainersAsync());
        (await DockerAsync("run", "--rm", "busybox", "true")).Exits(0);
        (await DockerAsync("load", "-i", image)).Exits(0);
        (await DockerAsync("network", "create", "lan")).Exits(0);
        (await DockerAsync("volume", "create", "none")).Exits(0);

        (await DockerAsync("rm", "-f", "writer", "ends", "source")).Exits(0);
        await Daemon.StopAsync();
        await Daemon.StartAsync();
        await Daemon.StopAsync();
        Assert.Empty(await new StoreChecker(DataRoot).FindProblemsAsync(content: true));
    }

    /// <summary>To the last block: the writer's log takes what is left.</summary>
    private async Task FillAsync()
    {
        string ballast = Path.Combine(Daemon.DataRoot, "ballast");
        await Host.RunAsync("sh", "-c", $"for size in 1M 4k 512; do dd if=/dev/zero of={ballast} bs=$size oflag=append conv=notrunc,fsync 2>/dev/null; done");
        await Eventually.HoldsAsync("the log cannot be written", () => Daemon.Log.Contains(" lost: ", StringComparison.Ordinal));
    }

    private async Task<long> NumberAsync() =>
        long.TryParse(Read($"/proc/{await PidAsync("writer")}/root/dev/shm/n"), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long number) ? number : 0;

    private async Task<long> LastLineAsync() =>
        long.TryParse((await DockerAsync("logs", "--tail", "1", "writer")).Exits(0).Line, CultureInfo.InvariantCulture, out long number) ? number : 0;

    private async Task GoesOnAsync()
    {
        long before = await NumberAsync();
        await Eventually.HoldsAsync("the writer is not held up", async () => await NumberAsync() > before + 20);
    }
}
