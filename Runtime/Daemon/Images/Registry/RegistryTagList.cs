using Newtonsoft.Json;

namespace Rtd.Daemon.Images.Registry;

/// <summary>The answer of <c>tags/list</c>, and with repositories of <c>_catalog</c>.</summary>
internal sealed class RegistryTagList
{
    [JsonProperty("tags")]
    public List<string?>? Tags { get; set; }

    [JsonProperty("repositories")]
    public List<string?>? Repositories { get; set; }
}
