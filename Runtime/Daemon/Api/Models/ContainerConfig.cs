using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>The portable part of a container's configuration (<c>ContainerConfig</c> of the API; also the <c>config</c> of an image).</summary>
internal sealed class ContainerConfig
{
    public string Hostname { get; set; } = "";

    public string Domainname { get; set; } = "";

    public string User { get; set; } = "";

    public bool AttachStdin { get; set; }

    public bool AttachStdout { get; set; }

    public bool AttachStderr { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public Dictionary<string, EmptyObject>? ExposedPorts { get; set; }

    public bool Tty { get; set; }

    public bool OpenStdin { get; set; }

    public bool StdinOnce { get; set; }

    public List<string>? Env { get; set; }

    [JsonConverter(typeof(StringOrListConverter))]
    public List<string>? Cmd { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public HealthConfig? Healthcheck { get; set; }

    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public bool ArgsEscaped { get; set; }

    public string Image { get; set; } = "";

    public Dictionary<string, EmptyObject>? Volumes { get; set; }

    public string WorkingDir { get; set; } = "";

    [JsonConverter(typeof(StringOrListConverter))]
    public List<string>? Entrypoint { get; set; }

    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public bool NetworkDisabled { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public string? MacAddress { get; set; }

    public List<string>? OnBuild { get; set; }

    public Dictionary<string, string>? Labels { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public string? StopSignal { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public int? StopTimeout { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    [JsonConverter(typeof(StringOrListConverter))]
    public List<string>? Shell { get; set; }
}
