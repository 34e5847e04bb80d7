using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>One document of the stream that load, import and pull answer with (Docker's jsonmessage).</summary>
internal sealed class ImageMessage
{
    [JsonProperty("stream", NullValueHandling = NullValueHandling.Ignore)]
    public string? Stream { get; set; }

    [JsonProperty("status", NullValueHandling = NullValueHandling.Ignore)]
    public string? Status { get; set; }

    [JsonProperty("progressDetail", NullValueHandling = NullValueHandling.Ignore)]
    public ImageProgress? ProgressDetail { get; set; }

    [JsonProperty("progress", NullValueHandling = NullValueHandling.Ignore)]
    public string? Progress { get; set; }

    [JsonProperty("id", NullValueHandling = NullValueHandling.Ignore)]
    public string? Id { get; set; }

    /// <summary>A result for programs.</summary>
    [JsonProperty("aux", NullValueHandling = NullValueHandling.Ignore)]
    public object? Aux { get; set; }

    [JsonProperty("errorDetail", NullValueHandling = NullValueHandling.Ignore)]
    public ImageErrorDetail? ErrorDetail { get; set; }

    [JsonProperty("error", NullValueHandling = NullValueHandling.Ignore)]
    public string? Error { get; set; }
}
