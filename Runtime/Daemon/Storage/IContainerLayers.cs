using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Images;
using Rtd.Daemon.Storage.Changes;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Spec;

namespace Rtd.Daemon.Storage;

/// <summary>Read-write layers of containers: what the container side needs of storage.</summary>
internal interface IContainerLayers
{
    /// <summary>The graph driver's name, for inspect and info ("overlay2", "btrfs", "fuse-overlayfs", "vfs").</summary>
    string DriverName { get; }

    /// <summary>Makes the container's rw layer on top of the image and the init layer; the image's layers are held while it exists. Undoes itself when it fails.</summary>
    /// <param name="options">The storage driver's (<c>--storage-opt</c> of the container): size, the most that the layer may take.</param>
    /// <exception cref="Errors.EngineException">Invalid parameter: an option that there is not, or that cannot be fulfilled here.</exception>
    void Create(string containerId, Image image, IReadOnlyDictionary<string, string> options);

    /// <summary>As the other one, without options.</summary>
    void Create(string containerId, Image image) => Create(containerId, image, new Dictionary<string, string>());

    /// <summary>Another image that the container mounts: its layers are held too while the container exists.</summary>
    /// <param name="chainId">Chain id of its top layer; "" for an image without layers.</param>
    void HoldImage(string containerId, string chainId);

    /// <summary>An image's file system as a detached mount tree, to be attached read-only.</summary>
    /// <param name="subpath">A path in it, or ""; links that lead out are errors (EXDEV).</param>
    /// <param name="remapping">Maps the ids; null leaves them as they are on the disk.</param>
    SafeFileHandle OpenImageTree(string chainId, string subpath, Remapping? remapping);

    /// <summary>How to mount it.</summary>
    RootfsSpec Rootfs(string containerId);

    /// <summary>The detached mount that goes to rtinit along with a spec of kind <see cref="RootfsKind.Mount"/>; null for the other kinds. The caller disposes it when rtinit is done.</summary>
    Task<SafeFileHandle?> OpenRootfsAsync(string containerId);

    /// <summary>The container's root as a detached mount whose ids are those of a user namespace; nothing of it is shifted on the disk.</summary>
    SafeFileHandle OpenMappedRootfs(string containerId, Remapping remapping);

    /// <summary>The container has ended, or its start has failed: ends what served its root, so that the next start finds all that was written.</summary>
    Task CloseRootfsAsync(string containerId);

    /// <summary>Removes the rw layer; no error when there is none.</summary>
    void Remove(string containerId);

    /// <summary>Whether the rw layer has a limit on what it may take.</summary>
    bool IsLimited(string containerId);

    /// <summary>
    /// Gives a limited layer a little room above its limit, for a start: overlayfs makes a directory at each mount, and one that a full layer has no room
    /// for leaves the container with a read-only root, in which nothing can be removed. null when the layer has no limit.
    /// </summary>
    IDisposable? LoosenLimit(string containerId) => null;

    /// <summary>Bytes in the rw layer.</summary>
    long Size(string containerId);

    /// <summary>Removes rw layers whose container is not in <paramref name="known"/> (left by a crash between create steps).</summary>
    void Sweep(IReadOnlySet<string> known);

    /// <summary>Reads a directory of the image itself for the copy-up of a new volume: copies its content (owners, modes, xattrs) to <paramref name="target"/>. Does nothing when the path is not a directory in the image.</summary>
    void CopyUp(string containerId, string pathInContainer, string target);

    /// <summary>What the container changed, added and deleted; a directory before what is in it.</summary>
    IReadOnlyList<LayerChange> Changes(string containerId);

    /// <summary>Writes the container's changes as a layer's archive. The container should not be running meanwhile, or be frozen.</summary>
    void WriteChanges(string containerId, Stream archive, CancellationToken cancelled) => WriteChanges(containerId, changes => changes, archive, cancelled);

    /// <summary>As the other one, of what is selected.</summary>
    void WriteChanges(string containerId, Func<IEnumerable<TreeChange>, IEnumerable<TreeChange>> select, Stream archive, CancellationToken cancelled);

    /// <summary>Writes the container's whole file system as an archive, without what it has mounted.</summary>
    void Export(string containerId, Stream archive, CancellationToken cancelled);

    /// <summary>As <see cref="Export"/>, but without the container's own layer and the places made for mounts: what its image holds.</summary>
    void ExportImage(string containerId, Stream archive, CancellationToken cancelled);

    /// <summary>For inspect: driver data such as LowerDir, UpperDir, WorkDir, MergedDir.</summary>
    IReadOnlyDictionary<string, string> Describe(string containerId);
}
