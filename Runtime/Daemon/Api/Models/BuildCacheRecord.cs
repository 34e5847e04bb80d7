using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>Something that builds keep for later ones.</summary>
internal sealed class BuildCacheRecord
{
    [JsonProperty("ID")]
    public string Id { get; set; } = "";

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public List<string>? Parents { get; set; }

    public string Type { get; set; } = "";

    public string Description { get; set; } = "";

    public bool InUse { get; set; }

    /// <summary>Its bytes are an image's too.</summary>
    public bool Shared { get; set; }

    public long Size { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? LastUsedAt { get; set; }

    public int UsageCount { get; set; }
}
