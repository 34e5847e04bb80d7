using Newtonsoft.Json;

namespace Rtd.Daemon.Images.Search;

/// <summary>A repository that a search found; in the registry's own form and in ours.</summary>
internal sealed class SearchResult
{
    [JsonProperty("star_count")]
    public int StarCount { get; set; }

    [JsonProperty("is_official")]
    public bool IsOfficial { get; set; }

    [JsonProperty("name")]
    public string Name { get; set; } = "";

    [JsonProperty("is_automated")]
    public bool IsAutomated { get; set; }

    [JsonProperty("description")]
    public string Description { get; set; } = "";
}
