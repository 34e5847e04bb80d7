using System.Globalization;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Store;

/// <summary>Containers whose root is served by the host's fuse-overlayfs: the program lives and ends with the mount, whatever happens to the daemon.</summary>
public sealed class FuseOverlayTests(ITestOutputHelper output)
{
    private const string Driver = "fuse-overlayfs";

    [RootFact]
    public async Task Container_works_and_its_program_ends_with_it()
    {
        await RunAsync(async (host, daemon, clients) =>
        {
            string id = (await DockerAsync(clients, "run", "-d", "--init", "--name", "work", "busybox", "sh", "-c", "mkdir -p /made/below; chown 7:8 /made; echo first > /kept; rm -r /bin/env; trap exit TERM; while :; do sleep 0.1; done")).Line;
            await DockerAsync(clients, "exec", "work", "sh", "-c", "until [ ! -e /bin/env ]; do sleep 0.05; done; echo second >> /kept; ln /kept /made/link; mv /made/below /made/moved");
            int program = Assert.Single(Programs(host));
            Assert.DoesNotContain(program, host.ContainerProcesses());
            Assert.Equal("", (await DockerAsync(clients, "exec", "work", "sh", "-c", "ls /dev/fuse 2>/dev/null; ls -l /proc/1/fd /proc/self/fd | grep -e fuse -e /layers; true")).Stdout);
            Assert.Contains(" - fuse fuse-overlayfs ", (await DockerAsync(clients, "exec", "work", "awk", "$5 == \"/\"", "/proc/self/mountinfo")).Stdout, StringComparison.Ordinal);
            (await clients.RunAsync(Cli.Docker, "exec", "work", "touch", "/.wh.kept")).Exits(1);

            // While it runs: what it has written so far is in the image, and the marks of the program are not.
            Assert.Equal(
                ["C /bin", "D /bin/env", "A /kept", "A /made", "A /made/link", "A /made/moved"],
                (await DockerAsync(clients, "diff", "work")).Lines);
            await DockerAsync(clients, "commit", "work", "committed");
            Assert.Equal(
                "first\nsecond\n2 7:8\n",
                (await DockerAsync(clients, "run", "--rm", "committed", "sh", "-c", "cat /made/link; echo $(stat -c %h /kept) $(stat -c %u:%g /made); ls /bin/env /made/.wh* 2>/dev/null; true")).Stdout);
            string exported = Path.Combine(host.Root, "exported.tar");
            await DockerAsync(clients, "export", "-o", exported, "work");
            IReadOnlyList<string> names = (await host.RunAsync("tar", "-tf", exported)).Exits(0).Lines;
            Assert.Contains("made/moved/", names);
            Assert.DoesNotContain("bin/env", names);
            Assert.DoesNotContain(names, name => name.Contains(".wh.", StringComparison.Ordinal));

            await DockerAsync(clients, "restart", "work");
            Assert.DoesNotContain(program, Programs(host));
            Assert.Equal("first\n", (await DockerAsync(clients, "exec", "work", "head", "-n", "1", "/kept")).Stdout);
            await DockerAsync(clients, "stop", "work");
            Assert.Empty(Programs(host));
            Assert.Empty(await new StoreChecker(daemon.DataRoot, Driver).FindProblemsAsync(content: true));
            await DockerAsync(clients, "rm", id);
            await DockerAsync(clients, "rmi", "committed");
        });
    }

    [RootFact]
    public async Task Program_outlives_a_killed_daemon_and_not_the_container()
    {
        await RunAsync(async (host, daemon, clients) =>
        {
            await DockerAsync(clients, "run", "-d", "--name", "ends", "busybox", "sh", "-c", "echo ends > /kept; sleep 1000");
            await DockerAsync(clients, "run", "-d", "--name", "returns", "--restart", "always", "busybox", "sh", "-c", "echo start >> /starts; sleep 1000");
            await Eventually.HoldsAsync("both have written", async () => (await clients.RunAsync(Cli.Docker, "exec", "ends", "cat", "/kept")).ExitCode == 0 && (await clients.RunAsync(Cli.Docker, "exec", "returns", "cat", "/starts")).ExitCode == 0);
            IReadOnlyList<int> before = Programs(host);
            Assert.Equal(2, before.Count);
            await daemon.KillAsync();
            Assert.Equal(before, Programs(host));

            await daemon.StartAsync();
            Assert.Equal("exited 137", (await DockerAsync(clients, "inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", "ends")).Line);
            await Eventually.HoldsAsync("it has started again", async () => (await clients.RunAsync(Cli.Docker, "exec", "returns", "cat", "/starts")).Stdout == "start\nstart\n");
            await Eventually.HoldsAsync("the programs of before have ended", () => Programs(host) is [int one] && !before.Contains(one));
            await DockerAsync(clients, "rm", "-f", "ends", "returns");
        });
    }

    [RootFact]
    public async Task Container_whose_program_was_killed_is_removed_and_starts_anew()
    {
        await RunAsync(async (host, daemon, clients) =>
        {
            await DockerAsync(clients, "run", "-d", "--name", "work", "busybox", "sh", "-c", "echo kept > /kept; sleep 1000");
            await Eventually.HoldsAsync("it has written", async () => (await clients.RunAsync(Cli.Docker, "exec", "work", "cat", "/kept")).ExitCode == 0);
            (await host.RunAsync("kill", "-9", Assert.Single(Programs(host)).ToString(CultureInfo.InvariantCulture))).Exits(0);
            await Eventually.HoldsAsync("the daemon says so", () => daemon.Log.Contains("ended with code 137", StringComparison.Ordinal), () => daemon.Log);
            Assert.NotEqual(0, (await clients.RunAsync(Cli.Docker, "exec", "work", "cat", "/kept")).ExitCode);
            await DockerAsync(clients, "restart", "-t", "0", "work");
            Assert.Equal("kept\n", (await DockerAsync(clients, "exec", "work", "cat", "/kept")).Stdout);
            await DockerAsync(clients, "rm", "-f", "work");
        });
    }

    /// <summary>
    /// bindfs cannot rename with flags: the kernel's overlayfs refuses it as an upper file system, and fuse-overlayfs leaves marks there that
    /// are not overlayfs'.
    /// </summary>
    [RootFact]
    public async Task Next_driver_is_taken_where_it_does_not_work_either()
    {
        await using TestHost host = await TestHost.CreateAsync();
        await using TestDaemon daemon = new(host);
        (await host.RunAsync("sh", "-euc", $"mkdir {host.Root}/source {daemon.DataRoot}; bindfs {host.Root}/source {daemon.DataRoot} >/dev/null 2>&1")).Exits(0);
        try
        {
            await daemon.StartAsync();
            Clients clients = new(daemon);
            await clients.ImportBusyboxAsync();
            Assert.Equal("vfs", (await DockerAsync(clients, "info", "--format", "{{.Driver}}")).Line);
            Assert.Contains("overlay2 does not work: mount", daemon.Log, StringComparison.Ordinal);
            Assert.Contains($"{Driver} does not work: the file system does not keep whiteouts and opaque directories", daemon.Log, StringComparison.Ordinal);
            Assert.Equal("written\n", (await DockerAsync(clients, "run", "--rm", "busybox", "sh", "-c", "echo written > /file; rm /bin/env; cat /file")).Stdout);
            await daemon.StopAsync();
            (await daemon.RefuseAsync("--storage-driver", Driver)).Exits(1).Says("was made by storage driver \"vfs\"");
        }
        finally
        {
            output.WriteLine(daemon.Log);
            if (daemon.IsRunning)
            {
                await daemon.StopAsync();
            }

            (await host.RunAsync("umount", daemon.DataRoot)).Exits(0);
        }
    }

    /// <summary>Runs work against a daemon with this driver, and nothing may be left of it.</summary>
    private async Task RunAsync(Func<TestHost, TestDaemon, Clients, Task> work)
    {
        await using TestHost host = await TestHost.CreateAsync();
        await using TestDaemon daemon = new(host);
        await daemon.StartAsync("--storage-driver", Driver);
        Clients clients = new(daemon);
        try
        {
            Assert.Equal(Driver, (await DockerAsync(clients, "info", "--format", "{{.Driver}}")).Line);
            await clients.ImportBusyboxAsync();
            await DockerAsync(clients, "run", "--rm", "busybox", "true");
            Snapshot baseline = Snapshot.Take(daemon);
            int pid = daemon.Pid;
            await work(host, daemon, clients);
            IReadOnlyList<string> leaks = [];
            await Eventually.HoldsAsync(
                "nothing is left",
                () =>
                {
                    Snapshot now = Snapshot.Take(daemon);
                    leaks = now.Since(daemon.Pid == pid ? baseline : baseline.WithProcessStateOf(now));
                    return leaks.Count == 0;
                },
                () => string.Join('\n', leaks));
            Assert.Empty(Programs(host));
        }
        finally
        {
            output.WriteLine(daemon.Log);
        }
    }

    /// <summary>The fuse-overlayfs processes of this host.</summary>
    private static IReadOnlyList<int> Programs(TestHost host) => [.. host.Processes().Where(pid => Name(pid) == Driver)];

    private static string Name(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").Trim();
        }
        catch (IOException)
        {
            return ""; // gone since it was listed
        }
    }

    private static async Task<CommandResult> DockerAsync(Clients clients, params string[] arguments) => (await clients.RunAsync(Cli.Docker, arguments)).Exits(0);
}
