using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>One thing that the removal of an image did.</summary>
internal sealed class ImageDeleteItem
{
    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public string? Untagged { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public string? Deleted { get; set; }
}
