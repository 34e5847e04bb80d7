using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Changes;
using Rtd.Daemon.Storage.Trees;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Mounts;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Drivers;

/// <summary>What drivers have in common that keep each layer as the whole tree up to it: they differ in how they make a tree and a copy of one.</summary>
internal abstract class TreeDriver(StorageLayout layout, TreeRemoval removal) : IGraphDriver
{
    private const string DiffName = "diff", RootName = "root";

    public abstract string Name { get; }

    public virtual long? DefaultLimit => null;

    public virtual IReadOnlyList<KeyValuePair<string, string>> Status => [new("Backing Filesystem", BackingFileSystem.Name(layout.Root))];

    public IReadOnlyList<string> LowerDirectories(IReadOnlyList<string> chain) => chain.Take(1).Select(layout.Diff).ToArray();

    /// <summary>Copies the tree below and lays the unpacked layer over it, which carries out its whiteouts.</summary>
    public void Complete(string stage, IReadOnlyList<string> parent, CancellationToken cancelled)
    {
        string diff = Path.Combine(stage, DiffName);
        string full = Path.Combine(stage, "full");
        Make(full, parent, cancelled);
        using (SafeFileHandle target = Open(full))
        using (SafeFileHandle layer = Open(diff))
        {
            TreeCopy.Merge(layer.Fd(), target.Fd(), removal, cancelled);
        }

        removal.Discard(diff);
        Directory.Move(full, diff);
    }

    public void Publish(string chainId)
    {
    }

    public void Withdraw(string chainId)
    {
    }

    public void CreateContainer(string stage, IReadOnlyList<string> chain, long? limit)
    {
        try
        {
            Fill(stage, chain, limit);
        }
        catch (SyscallException full) when (limit is not null && full.Errno is Libc.EDQUOT or Libc.ENOSPC)
        {
            throw EngineException.InvalidParameter($"the image does not fit into the container's size of {limit} bytes: {full.Message}", full);
        }
    }

    public abstract void CheckLimit(long bytes);

    public abstract void RenewLimit(string containerId, bool slack);

    public RootfsSpec Rootfs(string containerId, IReadOnlyList<string> chain) => new(RootfsKind.Bind, Root(containerId), "");

    public SafeFileHandle OpenMappedRootfs(string containerId, IReadOnlyList<string> chain, Remapping remapping) =>
        MappedMount.Open(Root(containerId), remapping.Namespace);

    public void ProbeMapping(Remapping remapping)
    {
        try
        {
            MappedMount.Open(layout.Containers, remapping.Namespace).Dispose();
        }
        catch (SyscallException refused)
        {
            throw new NotSupportedException(refused.Message, refused);
        }
    }

    /// <summary>Sizes of the files that are new or changed, each inode once.</summary>
    public long ContainerSize(string containerId, IReadOnlyList<string> chain)
    {
        using ContainerTrees trees = OpenChanges(containerId, chain);
        HashSet<(ulong, ulong)> linked = [];
        return TreeComparison.Differences(trees)
            .Where(change => change.Kind is ChangeKind.Added or ChangeKind.Modified && change.Status.Type == Libc.S_IFREG)
            .Where(change => change.Status.stx_nlink == 1 || linked.Add(change.Status.Identity()))
            .Sum(change => (long)change.Status.stx_size);
    }

    /// <summary>Docker's drivers of this kind tell nothing about their directories either.</summary>
    public IReadOnlyDictionary<string, string> Describe(string? containerId, IReadOnlyList<string> chain) => new Dictionary<string, string>();

    public SafeFileHandle OpenImage(IReadOnlyList<string> chain) => Open(chain.Count == 0 ? layout.MountPoint : layout.Diff(chain[0]));

    public SafeFileHandle OpenImageTree(IReadOnlyList<string> chain, string subpath, Remapping? remapping) =>
        MappedMount.Of(BindSource.Open(chain.Count == 0 ? layout.MountPoint : layout.Diff(chain[0]), subpath, recursive: false), remapping);

    public SafeFileHandle OpenContainer(string containerId, IReadOnlyList<string> chain) => Open(Root(containerId));

    public ContainerTrees OpenChanges(string containerId, IReadOnlyList<string> chain) =>
        new(Open(Root(containerId)), new TreeUnion(Open(layout.Init), OpenImage(chain)), isOverlay: false);

    /// <summary>The place for a limit that is there before the tree is.</summary>
    protected virtual void BeforeMaking(string stage, string root, long? limit)
    {
    }

    /// <summary>The place for a limit that needs the tree; what is written to it later shows whether there is room.</summary>
    protected virtual void AfterMaking(string stage, string root, long? limit)
    {
    }

    /// <summary>Makes an empty tree: a directory with mode 0755.</summary>
    protected abstract void MakeEmpty(string directory);

    /// <summary>Makes a copy of a tree.</summary>
    protected abstract void MakeCopy(string directory, string of, CancellationToken cancelled);

    /// <summary>Where a container's tree is.</summary>
    protected string Root(string containerId) => Path.Combine(layout.Container(containerId), RootName);

    private void Make(string directory, IReadOnlyList<string> chain, CancellationToken cancelled)
    {
        if (chain.Count == 0)
        {
            MakeEmpty(directory);
        }
        else
        {
            MakeCopy(directory, layout.Diff(chain[0]), cancelled);
        }
    }

    private void Fill(string stage, IReadOnlyList<string> chain, long? limit)
    {
        string root = Path.Combine(stage, RootName);
        BeforeMaking(stage, root, limit);
        Make(root, chain, CancellationToken.None);
        AfterMaking(stage, root, limit);
        using SafeFileHandle target = Open(root);
        Libc.statx_t status = Libc.fstat(target.Fd(), stage);
        using SafeFileHandle init = Open(layout.Init);
        TreeCopy.Merge(init.Fd(), target.Fd(), removal);
        TreeAttributes.SetOwnerMode(target.Fd(), ".\0"u8, Libc.S_IFDIR, status.Permissions(), status.stx_uid, status.stx_gid);
    }

    private static SafeFileHandle Open(string directory) => Libc.open(directory, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
}
