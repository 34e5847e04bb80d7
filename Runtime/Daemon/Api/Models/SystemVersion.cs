using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>The answer of <c>/version</c>.</summary>
internal sealed class SystemVersion
{
    public required PlatformName Platform { get; init; }

    public required IReadOnlyList<ComponentVersion> Components { get; init; }

    public required string Version { get; init; }

    public required string ApiVersion { get; init; }

    public required string MinAPIVersion { get; init; }

    public required string GitCommit { get; init; }

    /// <summary>Clients show this row; what it holds here is the runtime that took Go's place.</summary>
    public required string GoVersion { get; init; }

    public required string Os { get; init; }

    public required string Arch { get; init; }

    public required string KernelVersion { get; init; }

    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public bool Experimental { get; init; }

    public required string BuildTime { get; init; }
}
