using Newtonsoft.Json;

namespace Rtd.Daemon.Images.Archives;

/// <summary><c>index.json</c>, or an index among the blobs (OCI image spec, image-index.md).</summary>
internal sealed class OciIndex
{
    [JsonProperty("schemaVersion")]
    public int SchemaVersion { get; set; }

    [JsonProperty("mediaType", NullValueHandling = NullValueHandling.Ignore)]
    public string? MediaType { get; set; }

    [JsonProperty("manifests")]
    public List<OciDescriptor>? Manifests { get; set; }
}
