using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>An open port of a container in the list (<c>Port</c> of the API).</summary>
internal sealed class PortSummary
{
    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public string? IP { get; set; }

    public int PrivatePort { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public int? PublicPort { get; set; }

    public string Type { get; set; } = "";
}
