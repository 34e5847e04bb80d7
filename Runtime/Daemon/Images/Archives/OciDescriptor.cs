using Newtonsoft.Json;

namespace Rtd.Daemon.Images.Archives;

/// <summary>A reference to a blob (OCI image spec, descriptor.md).</summary>
internal sealed class OciDescriptor
{
    [JsonProperty("mediaType")]
    public string MediaType { get; set; } = "";

    [JsonProperty("digest")]
    public string Digest { get; set; } = "";

    [JsonProperty("size")]
    public long Size { get; set; }

    /// <summary>Where the blob is to be had besides the registry.</summary>
    [JsonProperty("urls", NullValueHandling = NullValueHandling.Ignore)]
    public List<string>? Urls { get; set; }

    [JsonProperty("annotations", NullValueHandling = NullValueHandling.Ignore)]
    public Dictionary<string, string>? Annotations { get; set; }

    [JsonProperty("platform", NullValueHandling = NullValueHandling.Ignore)]
    public OciPlatform? Platform { get; set; }
}
