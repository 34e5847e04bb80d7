using Newtonsoft.Json;
using Rtd.Daemon.Api.Models;

namespace Rtd.Daemon.Images;

/// <summary>The image config blob (docker image v1.2 / OCI image config).</summary>
internal sealed class ImageConfig
{
    [JsonProperty("architecture")]
    public string Architecture { get; set; } = "";

    [JsonProperty("os")]
    public string Os { get; set; } = "";

    [JsonProperty("variant", NullValueHandling = NullValueHandling.Ignore)]
    public string? Variant { get; set; }

    [JsonProperty("created", NullValueHandling = NullValueHandling.Ignore)]
    public DateTimeOffset? Created { get; set; }

    [JsonProperty("author", NullValueHandling = NullValueHandling.Ignore)]
    public string? Author { get; set; }

    [JsonProperty("config", NullValueHandling = NullValueHandling.Ignore)]
    public ContainerConfig? Config { get; set; }

    [JsonProperty("rootfs")]
    public ImageRootfs Rootfs { get; set; } = new();

    [JsonProperty("history", NullValueHandling = NullValueHandling.Ignore)]
    public List<ImageHistoryEntry>? History { get; set; }
}
