using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>Options of an image mount.</summary>
internal sealed class ImageOptions
{
    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public string? Subpath { get; set; }
}
