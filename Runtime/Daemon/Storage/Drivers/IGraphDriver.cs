using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Changes;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Spec;

namespace Rtd.Daemon.Storage.Drivers;

/// <summary>What differs between ways to make a file system of layers. Chains are lists of chain ids, the top layer first.</summary>
internal interface IGraphDriver
{
    /// <summary>The name in flags, inspect and info.</summary>
    string Name { get; }

    /// <summary>Lines for <c>info</c>.</summary>
    IReadOnlyList<KeyValuePair<string, string>> Status { get; }

    /// <summary>The directories in which to look up what a chain has, the nearest first.</summary>
    IReadOnlyList<string> LowerDirectories(IReadOnlyList<string> chain);

    /// <summary>Turns a staged layer, unpacked in overlayfs' format in <c>diff</c>, into what the driver keeps.</summary>
    /// <param name="parent">The chain below it.</param>
    void Complete(string stage, IReadOnlyList<string> parent, CancellationToken cancelled);

    /// <summary>A layer is there now, or was found at start.</summary>
    void Publish(string chainId);

    /// <summary>A layer is about to go.</summary>
    void Withdraw(string chainId);

    /// <summary>The most bytes that a container's layer may take unless it says otherwise; null: no limit.</summary>
    long? DefaultLimit => null;

    /// <summary>Whether containers' layers can be bounded here, and to this size.</summary>
    /// <exception cref="Errors.EngineException">Invalid parameter: no, in Docker's words.</exception>
    void CheckLimit(long bytes);

    /// <summary>Fills a staged directory for a container on top of the chain.</summary>
    /// <param name="limit">The most bytes that it may come to take, written down in it by <see cref="Quotas.QuotaNote"/>; null: no limit.</param>
    void CreateContainer(string stage, IReadOnlyList<string> chain, long? limit);

    /// <summary>Sets the limit of a container's directory again, if it has one.</summary>
    /// <param name="slack">With what its mount may need above it.</param>
    void RenewLimit(string containerId, bool slack)
    {
    }

    /// <summary>How rtinit gets the container's root.</summary>
    RootfsSpec Rootfs(string containerId, IReadOnlyList<string> chain);

    /// <summary>The detached mount that goes to rtinit along with a spec of kind <see cref="RootfsKind.Mount"/>; null for the other kinds.</summary>
    Task<SafeFileHandle?> OpenRootfsAsync(string containerId, IReadOnlyList<string> chain) => Task.FromResult<SafeFileHandle?>(null);

    /// <summary>The container's root as a detached mount whose ids are those of a user namespace; nothing of it is shifted on the disk.</summary>
    SafeFileHandle OpenMappedRootfs(string containerId, IReadOnlyList<string> chain, Remapping remapping);

    /// <summary>Tries <see cref="OpenMappedRootfs"/> out.</summary>
    /// <exception cref="NotSupportedException">It does not work here; the message says why.</exception>
    void ProbeMapping(Remapping remapping);

    /// <summary>The container has ended, or its start has failed: ends what served its root.</summary>
    Task CloseRootfsAsync(string containerId) => Task.CompletedTask;

    /// <summary>Bytes that the container has written.</summary>
    long ContainerSize(string containerId, IReadOnlyList<string> chain);

    /// <summary>For inspect of an image (null) or a container.</summary>
    IReadOnlyDictionary<string, string> Describe(string? containerId, IReadOnlyList<string> chain);

    /// <summary>The root of the chain's file system, without any container's changes, to read from.</summary>
    SafeFileHandle OpenImage(IReadOnlyList<string> chain);

    /// <summary>The chain's file system as a detached mount tree, which lasts as long as it is held or attached. Who attaches it makes it read-only.</summary>
    /// <param name="subpath">A path in it, or ""; links that lead out are errors (EXDEV).</param>
    /// <param name="remapping">Maps the ids; null leaves them as they are on the disk.</param>
    SafeFileHandle OpenImageTree(IReadOnlyList<string> chain, string subpath, Remapping? remapping = null);

    /// <summary>The root of a container's file system as it sees it, without what it has mounted, to read from.</summary>
    SafeFileHandle OpenContainer(string containerId, IReadOnlyList<string> chain);

    /// <summary>A container's tree beside what it was made from: image and init layer.</summary>
    ContainerTrees OpenChanges(string containerId, IReadOnlyList<string> chain);
}
