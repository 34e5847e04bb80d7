using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>The diff ids of an image's layers, lowest first.</summary>
internal sealed class ImageRootFs
{
    public string Type { get; set; } = "layers";

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public List<string>? Layers { get; set; }
}
