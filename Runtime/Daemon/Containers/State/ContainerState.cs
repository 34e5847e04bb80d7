using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Rtd.Daemon.Containers.Health;

namespace Rtd.Daemon.Containers.State;

/// <summary>A container's state at one moment; immutable.</summary>
internal sealed record ContainerState
{
    [JsonConverter(typeof(StringEnumConverter))]
    public ContainerStatus Status { get; init; }

    /// <summary>Host pid while it runs, else 0.</summary>
    [JsonIgnore]
    public int Pid { get; init; }

    public int ExitCode { get; init; }

    public string Error { get; init; } = "";

    public bool OOMKilled { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>null without a health check, and before the first start.</summary>
    public HealthState? Health { get; init; }

    /// <summary>Docker's notion: paused and restarting containers count as running.</summary>
    [JsonIgnore]
    public bool Running => Status is ContainerStatus.Running or ContainerStatus.Paused or ContainerStatus.Restarting;

    /// <summary>There is a process.</summary>
    [JsonIgnore]
    public bool Alive => Status is ContainerStatus.Running or ContainerStatus.Paused;
}
