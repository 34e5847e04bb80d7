using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>The answer to a wait.</summary>
internal sealed class ContainerWaitResult
{
    public long StatusCode { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public ContainerWaitError? Error { get; set; }
}
