using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>A mount of a container as inspect and list show it (<c>MountPoint</c> of the API).</summary>
internal sealed class MountPointSummary
{
    public string Type { get; set; } = "";

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public string? Name { get; set; }

    public string Source { get; set; } = "";

    public string Destination { get; set; } = "";

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public string? Driver { get; set; }

    public string Mode { get; set; } = "";

    public bool RW { get; set; }

    public string Propagation { get; set; } = "";
}
