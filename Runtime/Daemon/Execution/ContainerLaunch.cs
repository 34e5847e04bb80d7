using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Execution.Oci;
using Rtd.Daemon.Execution.Supervision;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Spec;

namespace Rtd.Daemon.Execution;

/// <summary>One start of a container.</summary>
internal sealed record ContainerLaunch
{
    public required ContainerSpec Spec { get; init; }

    /// <summary>CLONE_NEW* flags for the namespaces the container gets of its own (NEWNS always; NEWCGROUP is unshared by rtinit, not cloned).</summary>
    public required ulong CloneFlags { get; init; }

    /// <summary>Fds for <see cref="ContainerSpec.JoinNamespaces"/>, same order.</summary>
    public IReadOnlyList<SafeFileHandle> NamespaceFds { get; init; } = [];

    /// <summary>Detached trees for mounts of kind <see cref="MountKind.Tree"/>, in the order of the spec.</summary>
    public IReadOnlyList<SafeFileHandle> Trees { get; init; } = [];

    /// <summary>The detached mount of a root of kind <see cref="RootfsKind.Mount"/> or <see cref="RootfsKind.Mapped"/>; null for the other kinds.</summary>
    public SafeFileHandle? Rootfs { get; init; }

    /// <summary>The user namespace that the container's others belong to; null for the host's.</summary>
    public Remapping? Remapping { get; init; }

    /// <summary>Set for another runtime than our own.</summary>
    public OciLaunch? Oci { get; init; }

    public required ICgroup Cgroup { get; init; }

    /// <summary>Called with the clone's host pid while rtinit waits: connects the network and returns what rtinit is to set up.</summary>
    public required Func<int, CancellationToken, Task<NetworkState>> ConnectNetwork { get; init; }

    /// <summary>Called with pid and start time after everything is set up and before execve, so that the state can be written down first.</summary>
    public required Func<ProcessIdentity, Task> BeforeExec { get; init; }

    /// <summary>Keep a stdin pipe; otherwise stdin is /dev/null. (With a terminal, stdin is the terminal.)</summary>
    public required bool OpenStdin { get; init; }

    /// <summary>Receives stdout and stderr.</summary>
    public required IOutputSink Output { get; init; }

    /// <summary>How the supervisor is to hold it, without the fds; null when it does not outlive the daemon.</summary>
    public Holding? Holding { get; init; }
}
