using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>One line of <c>GET /images/json</c>.</summary>
internal sealed class ImageSummary
{
    /// <summary>-1 for "not counted".</summary>
    public long Containers { get; set; } = -1;

    /// <summary>Seconds since 1970.</summary>
    public long Created { get; set; }

    public string Id { get; set; } = "";

    public Dictionary<string, string>? Labels { get; set; }

    public string ParentId { get; set; } = "";

    public List<string> RepoDigests { get; set; } = [];

    public List<string> RepoTags { get; set; } = [];

    /// <summary>-1 for "not computed".</summary>
    public long SharedSize { get; set; } = -1;

    public long Size { get; set; }

    /// <summary>The same as <see cref="Size"/>, for API versions before 1.44.</summary>
    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public long? VirtualSize { get; set; }
}
