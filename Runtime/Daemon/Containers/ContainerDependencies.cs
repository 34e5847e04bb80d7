using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Events;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Execution.Supervision;
using Rtd.Daemon.Images;
using Rtd.Daemon.Networking;
using Rtd.Daemon.Security;
using Rtd.Daemon.Storage;
using Rtd.Daemon.Volumes;

namespace Rtd.Daemon.Containers;

/// <summary>The other parts of the daemon that containers are made of.</summary>
internal sealed record ContainerDependencies
{
    public required IImageStore Images { get; init; }

    public required IContainerLayers Layers { get; init; }

    public required INetworkService Networks { get; init; }

    public required ICgroupDriver Cgroups { get; init; }

    public required IExecutionDriver Execution { get; init; }

    /// <summary>null: containers cannot outlive the daemon.</summary>
    public LiveRestore? LiveRestore { get; init; }

    /// <summary>Containers that are started now outlive the daemon.</summary>
    public bool Outlive => LiveRestore is { IsOn: true };

    public required ISeccompCompiler Seccomp { get; init; }

    public required VolumeStore Volumes { get; init; }

    public required IEventPublisher Events { get; init; }
}
