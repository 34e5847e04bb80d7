using Newtonsoft.Json;

namespace Rtd.Daemon.Images.Search;

/// <summary>What a registry's <c>/v1/search</c> answers.</summary>
internal sealed class SearchAnswer
{
    [JsonProperty("results")]
    public List<SearchResult?>? Results { get; set; }
}
