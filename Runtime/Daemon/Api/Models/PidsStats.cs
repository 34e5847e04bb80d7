using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>Processes and threads of a container. Zeros are left out, as by dockerd.</summary>
internal sealed class PidsStats
{
    [JsonProperty("current", DefaultValueHandling = DefaultValueHandling.Ignore)]
    public ulong Current { get; set; }

    [JsonProperty("limit", DefaultValueHandling = DefaultValueHandling.Ignore)]
    public ulong Limit { get; set; }
}
