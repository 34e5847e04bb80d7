using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>One line of the container list.</summary>
internal sealed class ContainerSummary
{
    public string Id { get; set; } = "";

    public List<string> Names { get; set; } = [];

    public string Image { get; set; } = "";

    public string ImageID { get; set; } = "";

    public string Command { get; set; } = "";

    /// <summary>Seconds since 1970.</summary>
    public long Created { get; set; }

    public List<PortSummary> Ports { get; set; } = [];

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public long? SizeRw { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public long? SizeRootFs { get; set; }

    public Dictionary<string, string> Labels { get; set; } = [];

    public string State { get; set; } = "";

    public string Status { get; set; } = "";

    public ContainerSummaryHost HostConfig { get; set; } = new();

    public ContainerSummaryNetworks NetworkSettings { get; set; } = new();

    public List<MountPointSummary> Mounts { get; set; } = [];
}
