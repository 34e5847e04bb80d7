using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>What the header X-Docker-Container-Path-Stat holds, in base 64.</summary>
internal sealed class ContainerPathStat
{
    [JsonProperty("name")]
    public string Name { get; set; } = "";

    [JsonProperty("size")]
    public long Size { get; set; }

    /// <summary>As Go's fs.FileMode.</summary>
    [JsonProperty("mode")]
    public uint Mode { get; set; }

    [JsonProperty("mtime")]
    public DateTime ModifiedTime { get; set; }

    /// <summary>Where a link leads in the end; "" for anything else.</summary>
    [JsonProperty("linkTarget")]
    public string LinkTarget { get; set; } = "";
}
