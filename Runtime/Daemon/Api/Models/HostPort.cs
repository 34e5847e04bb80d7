using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>A host address and port that a container's port is published on (<c>PortBinding</c> of the API).</summary>
internal sealed class HostPort
{
    public string HostIp { get; set; } = "";

    /// <summary>"" for any, a number, or a range to choose from.</summary>
    [JsonProperty("HostPort")]
    public string Port { get; set; } = "";
}
