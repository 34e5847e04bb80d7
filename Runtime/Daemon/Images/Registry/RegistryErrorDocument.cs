using Newtonsoft.Json;

namespace Rtd.Daemon.Images.Registry;

/// <summary>The body of a registry's error answer (OCI distribution spec, "Error Codes").</summary>
internal sealed class RegistryErrorDocument
{
    [JsonProperty("errors")]
    public List<Item>? Errors { get; set; }

    /// <summary>What token servers write instead.</summary>
    [JsonProperty("details")]
    public string? Details { get; set; }

    internal sealed class Item
    {
        [JsonProperty("code")]
        public string? Code { get; set; }

        [JsonProperty("message")]
        public string? Message { get; set; }
    }
}
