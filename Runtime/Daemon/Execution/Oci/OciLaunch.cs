using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Security.Seccomp;

namespace Rtd.Daemon.Execution.Oci;

/// <summary>What another runtime needs of a start besides what rtinit does.</summary>
internal sealed record OciLaunch
{
    public required OciRuntime Runtime { get; init; }

    /// <summary>In words, for it compiles filters itself; null is unconfined.</summary>
    public required SeccompPolicy? Seccomp { get; init; }

    /// <summary>Null allows every device.</summary>
    public required IReadOnlyList<DeviceRule>? DeviceRules { get; init; }

    public required IReadOnlyDictionary<string, string> Annotations { get; init; }
}
