using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Daemon;

/// <summary>A file of the daemon's state that is cut off, empty or nonsense: it starts all the same, says so, and the rest works.</summary>
public sealed class DamagedStateTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData("containers/*/config.json")]
    [InlineData("network/networks.json")]
    [InlineData("volumes/*/*.json")]
    [InlineData("engine-id")]
    [InlineData("storage.json")]
    [InlineData("**/repositories.json")]
    [InlineData("RUN/containers/*.json")]
    public async Task Daemon_starts_and_works(string pattern)
    {
        (await DockerAsync("volume", "create", "kept")).Exits(0);
        (await DockerAsync("network", "create", "lan")).Exits(0);
        await StartAsync("sleep 1000", "--name", "damaged", "-v", "kept:/v", "--network", "lan");
        bool isOfContainer = pattern.Contains("containers/", StringComparison.Ordinal);
        Dictionary<string, byte[]> undamaged = isOfContainer ? [] : Find(pattern).ToDictionary(file => file, File.ReadAllBytes);
        foreach (string damage in new[] { "", "{\"Id\":\"x", "null", "[[[[", "\0\0\0\0" })
        {
            await Daemon.KillAsync();
            string[] files = Find(pattern);
            foreach (string file in files)
            {
                await File.WriteAllTextAsync(file, damage);
            }

            await Daemon.StartAsync();
            (await DockerAsync("ps", "-a")).Exits(0);
            (await DockerAsync("network", "ls")).Exits(0);
            (await DockerAsync("volume", "ls")).Exits(0);
            if ((await DockerAsync("images", "-q", "busybox")).Exits(0).Stdout.Length == 0)
            {
                await Clients.ImportBusyboxAsync();
            }

            (await DockerAsync("run", "--rm", "busybox", "true")).Exits(0);
            Assert.Empty(Host.ContainerProcesses());
            await DockerAsync("rm", "-f", "damaged");
            await DockerAsync("network", "create", "lan");
            (await DockerAsync("run", "-d", "--name", "damaged", "-v", "kept:/v", "--network", "lan", "busybox", "sleep", "1000")).Exits(0);
        }

        (await DockerAsync("rm", "-f", "damaged")).Exits(0);
        await Daemon.StopAsync();
        foreach (string aside in Directory.GetFileSystemEntries(Daemon.DataRoot, "*damaged-*", SearchOption.AllDirectories).Where(Path.Exists))
        {
            await Command.RunAsync(["rm", "-rf", aside]);
        }

        foreach ((string file, byte[] content) in undamaged)
        {
            await File.WriteAllBytesAsync(file, content);
        }

        // Bridges of networks that were forgotten are the host's until somebody removes them: they could be another daemon's.
        foreach (string link in (await Host.RunAsync("sh", "-c", "ls /sys/class/net | grep ^br- || true")).Lines)
        {
            (await Host.RunAsync("ip", "link", "delete", link)).Exits(0);
        }

        await Daemon.StartAsync();
        await DockerAsync("network", "rm", "lan");
        await DockerAsync("volume", "rm", "kept");
        await Fixture.RebaseAsync();
    }

    private string[] Find(string pattern)
    {
        string root = pattern.StartsWith("RUN/", StringComparison.Ordinal) ? Daemon.ExecRoot : Daemon.DataRoot;
        string below = pattern.StartsWith("RUN/", StringComparison.Ordinal) ? pattern[4..] : pattern;
        string[] found = [.. Directory.GetFiles(root, Path.GetFileName(below), SearchOption.AllDirectories)
            .Where(file => !file.Contains("damaged", StringComparison.Ordinal))
            .Where(file => below.StartsWith("**", StringComparison.Ordinal) || Path.GetRelativePath(root, file).Split('/') is var parts
                && parts.Length == below.Split('/').Length && parts[0] == below.Split('/')[0])];
        Assert.NotEmpty(found);
        return found;
    }
}
