using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Rtd.Tests.Integration.UserNamespaces;

/// <summary>Base of the tests against a daemon that maps ids; nothing may be left after each.</summary>
public abstract class RemapTest(RemapFixture fixture, ITestOutputHelper output) : IClassFixture<RemapFixture>, IAsyncLifetime
{
    private int _logStart;

    internal RemapFixture Fixture => fixture;

    internal TestHost Host => fixture.Host;

    internal TestDaemon Daemon => fixture.Daemon;

    public Task InitializeAsync()
    {
        _logStart = Daemon.Log.Length;
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        try
        {
            IReadOnlyList<string> left = (await DockerAsync("ps", "-aq")).Exits(0).Lines;
            if (left.Count > 0)
            {
                (await DockerAsync(["rm", "-f", "-v", .. left])).Exits(0);
            }

            IReadOnlyList<string> volumes = (await DockerAsync("volume", "ls", "-q")).Exits(0).Lines;
            if (volumes.Count > 0)
            {
                (await DockerAsync(["volume", "rm", .. volumes])).Exits(0);
            }

            IReadOnlyList<string> images = [.. (await DockerAsync("images", "--format", "{{.Repository}}")).Exits(0).Lines.Where(name => name is not ("busybox" or "<none>"))];
            if (images.Count > 0)
            {
                (await DockerAsync(["rmi", "-f", .. images])).Exits(0);
            }

            (await DockerAsync("builder", "prune", "-af")).Exits(0);
            Snapshot now = fixture.Baseline;
            try
            {
                await Eventually.HoldsAsync("nothing is left", () => (now = Snapshot.Take(Daemon)).Since(fixture.Baseline).Count == 0);
            }
            catch (XunitException)
            {
                throw new XunitException($"the test left behind:\n  {string.Join("\n  ", now.Since(fixture.Baseline))}");
            }
        }
        finally
        {
            output.WriteLine($"the daemon's log of this test:\n{Daemon.Log[_logStart..]}");
        }
    }

    /// <summary>Runs <c>docker …</c>.</summary>
    internal Task<CommandResult> DockerAsync(params string[] arguments) => fixture.Clients.RunAsync(Cli.Docker, arguments);

    /// <summary>Runs a shell script in a fresh busybox container with options, and removes it.</summary>
    internal Task<CommandResult> ShellAsync(string script, params string[] options) => DockerAsync(["run", "--rm", .. options, "busybox", "sh", "-c", script]);

    /// <summary>Starts a container that sleeps and is easily stopped.</summary>
    internal async Task<string> StartAsync(string name, params string[] options) =>
        (await DockerAsync(["run", "-d", "--name", name, "--stop-signal", "KILL", .. options, "busybox", "sleep", "1000"])).Exits(0).Line;

    /// <summary>What a shell script writes in a running container.</summary>
    internal async Task<string> ExecAsync(string name, string script) => (await DockerAsync("exec", name, "sh", "-c", script)).Exits(0).Stdout;

    /// <summary>The map of a running container's ids, as its processes see it.</summary>
    internal async Task<string> MapAsync(string name) => await ExecAsync(name, "awk '{print $1,$2,$3}' /proc/self/uid_map");

    /// <summary>Owners and modes of a container's own files on the disk.</summary>
    internal IEnumerable<string> OnDisk(string id, params string[] paths) => Owners([.. paths.Select(path => $"{Daemon.DataRoot}/overlay2/containers/{id}/diff{path}")]);

    /// <summary><c>uid:gid mode</c> of files of the host.</summary>
    internal static IEnumerable<string> Owners(params string[] paths) =>
        Command.RunAsync(["stat", "-c", "%u:%g %a", .. paths]).GetAwaiter().GetResult().Exits(0).Lines;
}
