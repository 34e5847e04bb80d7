using Newtonsoft.Json;

namespace Rtd.Daemon.Images.Archives;

/// <summary>What an image runs on, in Go's names.</summary>
internal sealed class OciPlatform
{
    [JsonProperty("architecture")]
    public string Architecture { get; set; } = "";

    [JsonProperty("os")]
    public string Os { get; set; } = "";

    [JsonProperty("variant", NullValueHandling = NullValueHandling.Ignore)]
    public string? Variant { get; set; }
}
