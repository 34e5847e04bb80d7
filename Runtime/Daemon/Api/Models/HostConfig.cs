using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>The part of a container's configuration that depends on the host.</summary>
internal sealed class HostConfig : ContainerResources
{
    /// <summary><c>source:destination[:options]</c>.</summary>
    public List<string>? Binds { get; set; }

    public string ContainerIDFile { get; set; } = "";

    public LogConfig LogConfig { get; set; } = new();

    public string NetworkMode { get; set; } = "";

    /// <summary>By container port, <c>80/tcp</c>.</summary>
    public Dictionary<string, List<HostPort>?>? PortBindings { get; set; }

    public RestartPolicy RestartPolicy { get; set; } = new();

    public bool AutoRemove { get; set; }

    public string VolumeDriver { get; set; } = "";

    public List<string>? VolumesFrom { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public List<MountRequest>? Mounts { get; set; }

    /// <summary>Height, width.</summary>
    public List<int>? ConsoleSize { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public Dictionary<string, string>? Annotations { get; set; }

    [JsonConverter(typeof(StringOrListConverter))]
    public List<string>? CapAdd { get; set; }

    [JsonConverter(typeof(StringOrListConverter))]
    public List<string>? CapDrop { get; set; }

    public string CgroupnsMode { get; set; } = "";

    public List<string>? Dns { get; set; }

    public List<string>? DnsOptions { get; set; }

    public List<string>? DnsSearch { get; set; }

    public List<string>? ExtraHosts { get; set; }

    public List<string>? GroupAdd { get; set; }

    public string IpcMode { get; set; } = "";

    public string Cgroup { get; set; } = "";

    public List<string>? Links { get; set; }

    public int OomScoreAdj { get; set; }

    public string PidMode { get; set; } = "";

    public bool Privileged { get; set; }

    public bool PublishAllPorts { get; set; }

    public bool ReadonlyRootfs { get; set; }

    public List<string>? SecurityOpt { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public Dictionary<string, string>? StorageOpt { get; set; }

    /// <summary>Options by destination.</summary>
    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public Dictionary<string, string>? Tmpfs { get; set; }

    public string UTSMode { get; set; } = "";

    public string UsernsMode { get; set; } = "";

    /// <summary>Bytes of /dev/shm.</summary>
    public long ShmSize { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public Dictionary<string, string>? Sysctls { get; set; }

    public string Runtime { get; set; } = "";

    public string Isolation { get; set; } = "";

    /// <summary>null takes the default list, an empty list masks nothing.</summary>
    public List<string>? MaskedPaths { get; set; }

    public List<string>? ReadonlyPaths { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public bool? Init { get; set; }
}
