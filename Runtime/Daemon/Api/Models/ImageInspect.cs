using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>The answer of <c>GET /images/{name}/json</c>.</summary>
internal sealed class ImageInspect
{
    public string Id { get; set; } = "";

    public List<string> RepoTags { get; set; } = [];

    public List<string> RepoDigests { get; set; } = [];

    public string Parent { get; set; } = "";

    public string Comment { get; set; } = "";

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public DateTimeOffset? Created { get; set; }

    /// <summary>The container that the image was made from, for API versions before 1.45.</summary>
    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public string? Container { get; set; }

    /// <summary>That container's config, for API versions before 1.45 and for docker-compose 1.</summary>
    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public ContainerConfig? ContainerConfig { get; set; }

    public string DockerVersion { get; set; } = "";

    public string Author { get; set; } = "";

    public ContainerConfig? Config { get; set; }

    public string Architecture { get; set; } = "";

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public string? Variant { get; set; }

    public string Os { get; set; } = "";

    public long Size { get; set; }

    /// <summary>The same as <see cref="Size"/>, for API versions before 1.44.</summary>
    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public long? VirtualSize { get; set; }

    public ImageGraphDriver GraphDriver { get; set; } = new();

    public ImageRootFs RootFS { get; set; } = new();

    public ImageMetadata Metadata { get; set; } = new();
}
