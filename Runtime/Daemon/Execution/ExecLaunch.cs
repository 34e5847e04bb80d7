using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Execution.Supervision;
using Rtd.Protocol.Spec;

namespace Rtd.Daemon.Execution;

/// <summary>One exec into a running container.</summary>
internal sealed record ExecLaunch
{
    public required IContainerProcess Container { get; init; }

    /// <summary>CLONE_NEW* flags of the container's own or joined namespaces that the exec enters.</summary>
    public required ulong Namespaces { get; init; }

    public required ICgroup Cgroup { get; init; }

    /// <summary>
    /// Set when the container's processes are frozen, because they could take the new one over until it has become its command: called when it has.
    /// It joins the cgroup no earlier, for a frozen cgroup would freeze it too.
    /// </summary>
    public Func<Task>? Thaw { get; init; }

    public required ProcessSpec Process { get; init; }

    /// <summary>The filter is known to let a process fork: it is the built-in one, or there is none.</summary>
    public bool FilterAllowsFork { get; init; }

    /// <summary>A client's, of whom more may come; not a health check.</summary>
    public bool OfClient { get; init; }

    public required bool OpenStdin { get; init; }

    public required IOutputSink Output { get; init; }

    /// <summary>As for a container.</summary>
    public Holding? Holding { get; init; }
}
