using Newtonsoft.Json;

namespace Rtd.Daemon.Images.Archives;

/// <summary>An image manifest (OCI image spec, manifest.md).</summary>
internal sealed class OciManifest
{
    [JsonProperty("schemaVersion")]
    public int SchemaVersion { get; set; }

    [JsonProperty("mediaType", NullValueHandling = NullValueHandling.Ignore)]
    public string? MediaType { get; set; }

    [JsonProperty("config")]
    public OciDescriptor? Config { get; set; }

    [JsonProperty("layers")]
    public List<OciDescriptor>? Layers { get; set; }
}
