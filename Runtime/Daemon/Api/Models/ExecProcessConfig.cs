using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>The command of an exec (<c>ProcessConfig</c> of the API, whose names are lower-case).</summary>
internal sealed class ExecProcessConfig
{
    [JsonProperty("tty")]
    public bool Tty { get; set; }

    [JsonProperty("entrypoint")]
    public string Entrypoint { get; set; } = "";

    [JsonProperty("arguments")]
    public List<string> Arguments { get; set; } = [];

    [JsonProperty("privileged", DefaultValueHandling = DefaultValueHandling.Ignore)]
    public bool Privileged { get; set; }

    [JsonProperty("user", NullValueHandling = NullValueHandling.Ignore)]
    public string? User { get; set; }
}
