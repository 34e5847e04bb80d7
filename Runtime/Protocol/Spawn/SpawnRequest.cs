using System.Runtime.InteropServices;

namespace Rtd.Protocol.Spawn;

/// <summary>One process to start.</summary>
internal sealed record SpawnRequest
{
    /// <summary>
    /// <see cref="SignalMask"/> of all signals but 32 to 34 (the C library's two and the activation signal of the .NET runtime). The runtime starts a second thread
    /// before Main, which keeps this mask: otherwise that thread would take signals meant for the program.
    /// </summary>
    public const ulong AllButRuntimesSignals = ~(7UL << 31);

    /// <summary>The program itself (path "" and AT_EMPTY_PATH), or AT_FDCWD with <see cref="Path"/>.</summary>
    public required int ExecutableFd { get; init; }

    /// <summary>Empty when <see cref="ExecutableFd"/> is the program.</summary>
    public string Path { get; init; } = "";

    public required IReadOnlyList<string> Arguments { get; init; }

    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Fds the new program gets, under these numbers; all others must be close-on-exec.</summary>
    public IReadOnlyList<(SafeHandle From, int To)> Fds { get; init; } = [];

    /// <summary>CLONE_NEW* flags; VM, VFORK, PIDFD and CLEAR_SIGHAND are added.</summary>
    public ulong CloneFlags { get; init; }

    /// <summary>The kernel's signal mask that the new program starts with (bit n-1 is signal n).</summary>
    public ulong SignalMask { get; init; }

    /// <summary>Use clone(2), for a caller under a seccomp filter that answers ENOSYS to clone3. Signal handlers are then the caller's care; no cgroup.</summary>
    public bool AvoidClone3 { get; init; }

    /// <summary>A cgroup v2 directory to be born in (Linux 5.7), or null.</summary>
    public SafeHandle? Cgroup { get; init; }

    /// <summary>
    /// A user namespace whose root the new program is (all capabilities in it, none outside), or null. The namespaces of <see cref="CloneFlags"/>
    /// then belong to it. The caller has all capabilities over it.
    /// </summary>
    public SafeHandle? UserNamespace { get; init; }
}
