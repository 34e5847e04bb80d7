using Newtonsoft.Json.Linq;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Rtd.Tests.Integration.Hosting;

/// <summary>
/// Base of the tests against a running daemon. After each test its containers and images are removed, and then nothing may be left of it:
/// no process, mount, link, firewall rule, cgroup, file, fd or thread more than before.
/// </summary>
public abstract class DaemonTest(DaemonFixture fixture, ITestOutputHelper output) : IClassFixture<DaemonFixture>, IAsyncLifetime
{
    private EngineApi? _api;
    private Clients? _clients;
    private int _logStart;

    internal DaemonFixture Fixture => fixture;

    internal TestDaemon Daemon => fixture.Daemon;

    internal TestHost Host => fixture.Host;

    internal EngineApi Api => _api!;

    internal Clients Clients => _clients!;

    public Task InitializeAsync()
    {
        _api = new EngineApi(Daemon.Socket);
        _clients = new Clients(Daemon);
        _logStart = Daemon.Log.Length;
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        try
        {
            await RemoveWhatTheTestMadeAsync();
            _api!.Dispose();
            if (Tree.IsOwnDaemon && Tree.PreparedSandboxes == 0)
            {
                await LeavesNothingAsync();
            }
        }
        finally
        {
            output.WriteLine($"the daemon's log of this test:\n{Daemon.Log[_logStart..]}");
        }
    }

    /// <summary>Runs <c>docker …</c>.</summary>
    internal Task<CommandResult> DockerAsync(params string[] arguments) => Clients.RunAsync(Cli.Docker, arguments);

    /// <summary>Runs <c>rtctl …</c>.</summary>
    internal Task<CommandResult> RtctlAsync(params string[] arguments) => Clients.RunAsync(Cli.Rtctl, arguments);

    /// <summary>Runs a shell script in a fresh busybox container with options, and removes it.</summary>
    internal Task<CommandResult> ShellAsync(string script, params string[] options) =>
        DockerAsync(["run", "--rm", .. options, "busybox", "sh", "-c", script]);

    /// <summary>Starts a container in the background that runs a shell script, and returns its id.</summary>
    internal async Task<string> StartAsync(string script, params string[] options) =>
        (await DockerAsync(["run", "-d", .. options, "busybox", "sh", "-c", script])).Exits(0).Line;

    /// <summary>A value of a container's inspect answer, by a Go template.</summary>
    internal async Task<string> InspectAsync(string container, string template) =>
        (await DockerAsync("inspect", "--type", "container", "--format", template, container)).Exits(0).Line;

    /// <summary><c>docker load</c> of an archive.</summary>
    internal async Task<CommandResult> LoadAsync(byte[] archive)
    {
        string file = Path.Combine(Host.Root, "image.tar");
        await File.WriteAllBytesAsync(file, archive);
        return await DockerAsync("load", "-i", file);
    }

    /// <summary>Also of a test that failed half way, so that the next one does not fail for it.</summary>
    private async Task RemoveWhatTheTestMadeAsync()
    {
        IReadOnlyList<string> containers = (await DockerAsync("ps", "-aq", "--no-trunc")).Exits(0).Lines;
        if (containers.Count > 0)
        {
            (await DockerAsync(["rm", "-f", "-v", .. containers])).Exits(0);
        }

        (await DockerAsync("network", "prune", "-f")).Exits(0);
        // Steps of stages that went into no image that is left would keep the images they stand on.
        await PruneBuildsAsync();
        foreach (JToken image in (await Api.GetJsonAsync("/images/json")).Where(image => !image["RepoTags"]!.Values<string>().Contains("busybox:latest")))
        {
            (await DockerAsync("rmi", "-f", (string)image["Id"]!)).Exits(0);
        }

        await PruneBuildsAsync();
    }

    private async Task PruneBuildsAsync()
    {
        using HttpResponseMessage pruned = await Api.PostAsync("/build/prune?all=1");
        pruned.EnsureSuccessStatusCode();
    }

    /// <summary>Kernel objects may go a moment after the answer; what stays is a leak.</summary>
    private async Task LeavesNothingAsync()
    {
        Snapshot now = fixture.Baseline;
        try
        {
            await Eventually.HoldsAsync("nothing is left", () => (now = Snapshot.Take(Daemon)).Since(fixture.Baseline).Count == 0);
        }
        catch (XunitException)
        {
            throw new XunitException($"the test left behind:\n  {string.Join("\n  ", fixture.Blame(now))}");
        }
    }
}
