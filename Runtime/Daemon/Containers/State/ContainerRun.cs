using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Containers.Execs;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging;
using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Containers.State;

/// <summary>What exists of a container only while it runs.</summary>
internal sealed class ContainerRun
{
    private readonly DateTimeOffset _startedAt;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public required IContainerProcess Process { get; init; }

    public required ICgroup Cgroup { get; init; }

    public required ILogDriver Log { get; init; }

    /// <summary>null for network none, host and container:ID.</summary>
    public required ISandbox? Network { get; init; }

    /// <summary>Who spawns a process in it, and who freezes it, passes here.</summary>
    public SpawnGate Spawns { get; } = new();

    /// <summary>Held by who has it frozen for the time of a spawn.</summary>
    public AsyncLock Stillness { get; } = new();

    /// <summary>A privileged exec, or what it left running, has capabilities that the container lacks.</summary>
    public bool HadPrivilegedExec { get; set; }

    /// <summary>CLONE_NEW* flags of the namespaces that are not the host's.</summary>
    public required ulong Namespaces { get; init; }

    /// <summary>By the wall clock of that time.</summary>
    public required DateTimeOffset StartedAt
    {
        get => _startedAt;
        init => (_startedAt, Age) = (value, new RunAge(value, TimeProvider.System));
    }

    public RunAge Age { get; private init; } = null!;

    /// <summary>Completes when the end has been recorded: the state says exited (or restarting) and the network is free again.</summary>
    public Task Ended => _ended.Task;

    public void SetEnded() => _ended.TrySetResult();
}
