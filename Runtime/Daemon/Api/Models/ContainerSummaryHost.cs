using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>What the container list shows of a container's HostConfig.</summary>
internal sealed class ContainerSummaryHost
{
    public string NetworkMode { get; set; } = "";

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public Dictionary<string, string>? Annotations { get; set; }
}
