using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>One <c>--mount</c> (<c>Mount</c> of the API).</summary>
internal sealed class MountRequest
{
    /// <summary>bind, volume, tmpfs, image; npipe and cluster are known but not supported.</summary>
    public string Type { get; set; } = "";

    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public string? Source { get; set; }

    public string Target { get; set; } = "";

    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public bool ReadOnly { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public string? Consistency { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public BindOptions? BindOptions { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public VolumeOptions? VolumeOptions { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public ImageOptions? ImageOptions { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public TmpfsOptions? TmpfsOptions { get; set; }
}
