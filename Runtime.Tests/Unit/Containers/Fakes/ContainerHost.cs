using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Volumes;

namespace Rtd.Tests.Unit.Containers.Fakes;

/// <summary>A container service over fakes, with directories of its own that go when it is disposed of.</summary>
internal sealed class ContainerHost : IDisposable
{
    /// <summary>For what must happen; a test that waits this long has failed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _root = Directory.CreateTempSubdirectory("rtd-containers-").FullName;

    public ContainerHost() => Service = Make();

    public FakeImages Images { get; } = new();

    public FakeLayers Layers { get; } = new();

    public FakeNetworks Networks { get; } = new();

    public FakeCgroups Cgroups { get; } = new();

    public FakeExecution Execution { get; } = new();

    public RecordedEvents Events { get; } = new();

    public VolumeStore Volumes { get; private set; } = null!;

    public ContainerService Service { get; private set; }

    public string DataRoot => Path.Combine(_root, "data");

    public string ExecRoot => Path.Combine(_root, "exec");

    public string DirectoryOf(string id) => Path.Combine(DataRoot, "containers", id);

    public ContainerDefaults Defaults => new()
    {
        DataRoot = DataRoot,
        ExecRoot = ExecRoot,
        HostResolvConf = Path.Combine(_root, "resolv.conf"),
        ResolvedResolvConf = Path.Combine(_root, "resolved.conf"),
        HostHosts = Path.Combine(_root, "hosts"),
    };

    /// <summary>A new service over the same disk, as after a kill of the daemon; what the old one ran tells it nothing any more.</summary>
    public async Task<ContainerService> RestartAsync()
    {
        foreach (FakeCgroups.FakeCgroup cgroup in Cgroups.Existing.Values)
        {
            cgroup.OnKill = null;
        }

        Service = Make();
        await Service.RestoreAsync(CancellationToken.None);
        return Service;
    }

    /// <summary>Creates a container of busybox.</summary>
    public async Task<string> CreateAsync(string? name = null, Action<ContainerConfig>? config = null, Action<HostConfig>? host = null)
    {
        ContainerCreateRequest request = new();
        request.Config.Image = "busybox";
        config?.Invoke(request.Config);
        host?.Invoke(request.HostConfig);
        return (await Service.CreateAsync(name, null, request)).Id;
    }

    /// <summary>Creates and starts one.</summary>
    public async Task<string> StartAsync(string? name = null, Action<ContainerConfig>? config = null, Action<HostConfig>? host = null)
    {
        string id = await CreateAsync(name, config, host);
        await Service.StartAsync(id);
        return id;
    }

    /// <summary>Lets the last process end and waits until that is recorded.</summary>
    public async Task EndAsync(string id, int code)
    {
        Task<int> exit = Service.WaitAsync(id, WaitCondition.NextExit, CancellationToken.None);
        Execution.Last.Exit(code);
        await exit.WaitAsync(Patience);
    }

    public ContainerState State(string id) => Service.Get(id).State;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private ContainerService Make()
    {
        VolumeTrees trees = new(Path.Combine(DataRoot, "trash"), null);
        Volumes = new VolumeStore(DataRoot, trees, FakePlugins.Drivers(trees, ExecRoot), Events);
        Volumes.Load();
        return new ContainerService(
            new ContainerDependencies
            {
                Images = Images,
                Layers = Layers,
                Networks = Networks,
                Cgroups = Cgroups,
                Execution = Execution,
                Seccomp = new FakeSeccomp(),
                Volumes = Volumes,
                Events = Events,
            },
            Defaults);
    }
}
