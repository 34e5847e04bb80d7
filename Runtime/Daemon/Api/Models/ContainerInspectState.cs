using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>A container's state as inspect shows it; times in RFC 3339, 0001-01-01T00:00:00Z for never.</summary>
internal sealed class ContainerInspectState
{
    public string Status { get; set; } = "";

    public bool Running { get; set; }

    public bool Paused { get; set; }

    public bool Restarting { get; set; }

    public bool OOMKilled { get; set; }

    public bool Dead { get; set; }

    public int Pid { get; set; }

    public int ExitCode { get; set; }

    public string Error { get; set; } = "";

    public string StartedAt { get; set; } = "";

    public string FinishedAt { get; set; } = "";

    /// <summary>null without a health check.</summary>
    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public ContainerHealth? Health { get; set; }
}
