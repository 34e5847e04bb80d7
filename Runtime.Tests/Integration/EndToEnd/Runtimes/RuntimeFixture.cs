using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.EndToEnd.Runtimes;

/// <summary>A daemon whose daemon.json names the OCI runtimes of this machine.</summary>
public sealed class RuntimeFixture : IAsyncLifetime
{
    public static IReadOnlyList<string> Known { get; } = ["crun", "runc"];

    private TestHost? _host;
    private TestDaemon? _daemon;
    private EngineApi? _api;

    /// <summary>Those of them that are here.</summary>
    public static IReadOnlyList<string> Installed { get; } = [.. Known.Where(name => Prerequisites.Which(name) is not null)];

    internal TestHost Host => _host!;

    internal TestDaemon Daemon => _daemon!;

    internal EngineApi Api => _api!;

    internal Clients Clients => new(Daemon);

    public async Task InitializeAsync()
    {
        if (Prerequisites.Missing is not null || Installed.Count == 0)
        {
            return;
        }

        _host = await TestHost.CreateAsync();
        _daemon = new TestDaemon(_host);
        await HideSecondTreeAsync();
        JObject runtimes = new(Installed.Select(name => new JProperty(name, new JObject { ["path"] = Prerequisites.Which(name) })));
        await File.WriteAllTextAsync(Daemon.ConfigFile, new JObject { ["runtimes"] = runtimes }.ToString());
        await StartAsync();
        await Clients.ImportBusyboxAsync();
    }

    public async Task StartAsync()
    {
        _api?.Dispose();
        await Daemon.StartAsync();
        _api = new EngineApi(Daemon.Socket);
    }

    /// <summary>What runtimes keep of containers.</summary>
    public IReadOnlyList<string> Bundles()
    {
        string directory = Path.Combine(Daemon.ExecRoot, "oci");
        return Directory.Exists(directory)
            ? [.. Directory.EnumerateDirectories(directory).Where(path => Path.GetFileName(path) != "state"), .. Directory.EnumerateDirectories(Path.Combine(directory, "state")).SelectMany(state => Directory.EnumerateDirectories(state))]
            : [];
    }

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            _api?.Dispose();
            await Daemon.DisposeAsync();
            await _host.DisposeAsync();
        }
    }

    /// <summary>Runtimes refuse v1 with controllers left on a v2 tree beside it, as on machines that were set up by hand; a distribution's has none there.</summary>
    private async Task HideSecondTreeAsync()
    {
        if (Directory.Exists("/sys/fs/cgroup/unified"))
        {
            (await Host.RunAsync("umount", "/sys/fs/cgroup/unified")).Exits(0);
        }
    }
}
