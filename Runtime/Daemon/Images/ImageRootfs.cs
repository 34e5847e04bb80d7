using Newtonsoft.Json;

namespace Rtd.Daemon.Images;

/// <summary>The layers of an image, lowest first.</summary>
internal sealed class ImageRootfs
{
    [JsonProperty("type")]
    public string Type { get; set; } = "layers";

    [JsonProperty("diff_ids")]
    public List<string> DiffIds { get; set; } = [];
}
