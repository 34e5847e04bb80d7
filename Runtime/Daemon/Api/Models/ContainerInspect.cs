using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>All about one container (<c>ContainerInspectResponse</c> of the API).</summary>
internal sealed class ContainerInspect
{
    public string Id { get; set; } = "";

    public string Created { get; set; } = "";

    public string Path { get; set; } = "";

    public List<string> Args { get; set; } = [];

    public ContainerInspectState State { get; set; } = new();

    public string Image { get; set; } = "";

    public string ResolvConfPath { get; set; } = "";

    public string HostnamePath { get; set; } = "";

    public string HostsPath { get; set; } = "";

    public string LogPath { get; set; } = "";

    public string Name { get; set; } = "";

    public int RestartCount { get; set; }

    public string Driver { get; set; } = "";

    public string Platform { get; set; } = "linux";

    public string MountLabel { get; set; } = "";

    public string ProcessLabel { get; set; } = "";

    public string AppArmorProfile { get; set; } = "";

    public List<string>? ExecIDs { get; set; }

    public HostConfig HostConfig { get; set; } = new();

    public GraphDriverData GraphDriver { get; set; } = new();

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public long? SizeRw { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public long? SizeRootFs { get; set; }

    public List<MountPointSummary> Mounts { get; set; } = [];

    public ContainerConfig Config { get; set; } = new();

    public NetworkSettings NetworkSettings { get; set; } = new();
}
