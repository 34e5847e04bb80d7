using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>Options of a tmpfs mount.</summary>
internal sealed class TmpfsOptions
{
    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public long SizeBytes { get; set; }

    /// <summary>Permission bits as a plain number (511 is 0777).</summary>
    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public uint Mode { get; set; }

    /// <summary>Flags as one-element lists, values as two.</summary>
    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public List<List<string>>? Options { get; set; }
}
