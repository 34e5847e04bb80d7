using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>Why a stream ends early.</summary>
internal sealed class ImageErrorDetail
{
    /// <summary>The exit code of a build's command.</summary>
    [JsonProperty("code", NullValueHandling = NullValueHandling.Ignore)]
    public int? Code { get; set; }

    [JsonProperty("message")]
    public string Message { get; set; } = "";
}
