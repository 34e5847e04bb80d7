using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>Why a stream ends early.</summary>
internal sealed class ImageErrorDetail
{
    [JsonProperty("message")]
    public string Message { get; set; } = "";
}
