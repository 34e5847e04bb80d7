using Newtonsoft.Json;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Containers.State;

/// <summary>The file that names a running container's process, and what a daemon after this one has to know to go on with it.</summary>
internal sealed record RunRecord
{
    public int Pid { get; init; }

    public ulong StartTicks { get; init; }

    /// <summary>null for network none, host and container:ID.</summary>
    public SandboxState? Network { get; init; }

    [JsonIgnore]
    public ProcessIdentity Process => new(Pid, StartTicks);
}
