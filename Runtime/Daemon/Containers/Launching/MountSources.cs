using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage;
using Rtd.Daemon.UserNamespaces;
using Rtd.Daemon.Volumes;
using Rtd.Protocol.Mounts;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Launching;

/// <summary>What a container mounts from elsewhere, taken hold of: its volumes mounted, its binds' sources there.</summary>
/// <remarks>Volumes stay mounted for the user when this is disposed; <see cref="ReleaseAsync"/> is for when he ends.</remarks>
internal sealed class MountSources(IContainerLayers layers, Remapping? remapping) : IDisposable
{
    private readonly Dictionary<string, VolumeSource> _volumes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SafeFileHandle> _trees = new(StringComparer.Ordinal);

    /// <summary>Makes or checks all that is bound into the container.</summary>
    /// <param name="user">For whom volumes are mounted.</param>
    /// <param name="remapping">Maps the ids of all but binds; rtinit then gets everything as a tree, since it can enter nothing of the host's root.</param>
    public static async Task<MountSources> OpenAsync(ContainerRecord record, VolumeStore volumes, IContainerLayers layers, string user, Remapping? remapping)
    {
        MountSources sources = new(layers, remapping);
        List<MountPoint> mounted = [];
        try
        {
            foreach (MountPoint mount in record.Mounts)
            {
                if (mount.Type == MountPoint.Volume)
                {
                    VolumeSource source = await volumes.MountAsync(mount.Name, user);
                    mounted.Add(mount);
                    sources.Add(mount, source);
                }
                else if (mount.Type == MountPoint.Image)
                {
                    sources._trees[mount.Destination] = sources.OpenTree(mount);
                }
                else if (mount.Type == MountPoint.Bind)
                {
                    BindPreparation.Prepare(mount);
                    if (remapping is not null)
                    {
                        sources._trees[mount.Destination] = sources.OpenTree(mount);
                    }
                }
            }

            return sources;
        }
        catch
        {
            sources.Dispose();
            await ReleaseAsync(mounted, volumes, user);
            throw;
        }
    }

    /// <summary>The user has ended: unmounts the volumes of a list of mounts.</summary>
    public static async Task ReleaseAsync(IEnumerable<MountPoint> mounts, VolumeStore volumes, string user)
    {
        foreach (MountPoint mount in mounts.Where(mount => mount.Type == MountPoint.Volume))
        {
            await volumes.UnmountAsync(mount.Name, user);
        }
    }

    /// <summary>The host path that rtinit binds; for what it gets as a tree, a name.</summary>
    public string Path(MountPoint mount) => _volumes.TryGetValue(mount.Destination, out VolumeSource? source) ? source.Path : mount.Source;

    /// <summary>Whether rtinit gets the mount as a tree, by fd, since no path leads to it.</summary>
    public bool IsTree(string destination) => _trees.ContainsKey(destination);

    /// <summary>The tree that goes to rtinit; it can be attached once.</summary>
    public SafeFileHandle Tree(string destination) => _trees[destination];

    /// <summary>A detached tree of a bind, volume or image, for those who look at a container that does not run.</summary>
    public SafeFileHandle OpenTree(MountPoint mount)
    {
        if (mount.Type == MountPoint.Bind)
        {
            SafeFileHandle bind = BindSource.Open(mount.Source, mount.Subpath, !mount.NonRecursive);
            return mount.Mapped ? WithIds(bind, mount) : bind;
        }

        try
        {
            return mount.Type == MountPoint.Image
                ? layers.OpenImageTree(mount.ChainId, mount.Subpath, remapping)
                : WithIds(_volumes[mount.Destination].OpenTree(mount.Subpath), mount);
        }
        catch (SyscallException failure) when (mount.Subpath.Length > 0)
        {
            throw NoSubpath(mount, failure);
        }
    }

    public void Dispose()
    {
        foreach (SafeFileHandle tree in _trees.Values)
        {
            tree.Dispose();
        }
    }

    private void Add(MountPoint mount, VolumeSource source)
    {
        _volumes[mount.Destination] = source;
        if (!source.IsPath || remapping is not null)
        {
            _trees[mount.Destination] = OpenTree(mount);
        }
        else if (mount.Subpath.Length > 0)
        {
            // For the sake of the message: rtinit looks again, and holds what it finds.
            OpenTree(mount).Dispose();
        }
    }

    /// <summary>Volumes have the ids of images on the disk, from which they are filled. On a file system that cannot map, ids are the host's.</summary>
    private SafeFileHandle WithIds(SafeFileHandle tree, MountPoint mount)
    {
        if (remapping is null)
        {
            return tree;
        }

        try
        {
            MappedMount.TryApply(tree, remapping.Namespace, mount.Destination);
            return tree;
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    private static EngineException NoSubpath(MountPoint mount, SyscallException failure)
    {
        string reason = failure.Errno == Libc.EXDEV ? $"it leads out of the {mount.Type}" : Libc.strerror(failure.Errno);
        return EngineException.InvalidParameter($"cannot access path {mount.Subpath} of {mount.Type} {(mount.Type == MountPoint.Image ? mount.Source : mount.Name)}: {reason}", failure);
    }
}
