using Newtonsoft.Json;

namespace Rtd.Daemon.Images;

/// <summary>One line of an image's history.</summary>
internal sealed class ImageHistoryEntry
{
    [JsonProperty("created", NullValueHandling = NullValueHandling.Ignore)]
    public DateTimeOffset? Created { get; set; }

    [JsonProperty("created_by", NullValueHandling = NullValueHandling.Ignore)]
    public string? CreatedBy { get; set; }

    [JsonProperty("author", NullValueHandling = NullValueHandling.Ignore)]
    public string? Author { get; set; }

    [JsonProperty("comment", NullValueHandling = NullValueHandling.Ignore)]
    public string? Comment { get; set; }

    [JsonProperty("empty_layer", DefaultValueHandling = DefaultValueHandling.Ignore)]
    public bool EmptyLayer { get; set; }
}
