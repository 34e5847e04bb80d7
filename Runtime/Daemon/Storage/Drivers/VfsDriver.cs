using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Drivers;

/// <summary>Full copies: each layer's directory is the whole tree up to it, each container's is one more copy. For file systems on which overlay does not work.</summary>
internal sealed class VfsDriver(StorageLayout layout, TreeRemoval removal) : IGraphDriver
{
    public const string DriverName = "vfs";

    private const string DiffName = "diff", RootName = "root";

    public string Name => DriverName;

    public IReadOnlyList<KeyValuePair<string, string>> Status => [new("Backing Filesystem", BackingFileSystem.Name(layout.Root))];

    public IReadOnlyList<string> LowerDirectories(IReadOnlyList<string> chain) => chain.Take(1).Select(layout.Diff).ToArray();

    /// <summary>Copies the tree below and lays the unpacked layer over it, which carries out its whiteouts.</summary>
    public void Complete(string stage, IReadOnlyList<string> parent, CancellationToken cancelled)
    {
        string diff = Path.Combine(stage, DiffName);
        string full = Path.Combine(stage, "full");
        using (SafeFileHandle target = Make(full))
        {
            if (parent.Count > 0)
            {
                using SafeFileHandle below = Open(layout.Diff(parent[0]));
                TreeCopy.Copy(below.Fd(), target.Fd(), cancelled);
            }

            using SafeFileHandle layer = Open(diff);
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

    public void CreateContainer(string stage, IReadOnlyList<string> chain)
    {
        using SafeFileHandle target = Make(Path.Combine(stage, RootName));
        TreeAttributes.SetOwnerMode(target.Fd(), ".\0"u8, Libc.S_IFDIR, 0x1ED, 0, 0);
        if (chain.Count > 0)
        {
            using SafeFileHandle image = Open(layout.Diff(chain[0]));
            TreeCopy.Copy(image.Fd(), target.Fd());
        }

        Libc.statx_t root = Libc.fstat(target.Fd(), stage);
        using SafeFileHandle init = Open(layout.Init);
        TreeCopy.Merge(init.Fd(), target.Fd(), removal);
        TreeAttributes.SetOwnerMode(target.Fd(), ".\0"u8, Libc.S_IFDIR, root.Permissions(), root.stx_uid, root.stx_gid);
    }

    public RootfsSpec Rootfs(string containerId, IReadOnlyList<string> chain) => new(RootfsKind.Bind, Root(containerId), "");

    /// <summary>What the container has more than its image. A file it replaced by a smaller one counts against that, so never below zero.</summary>
    public long ContainerSize(string containerId, IReadOnlyList<string> chain) =>
        Math.Max(0, TreeSize.Measure(Root(containerId)) - (chain.Count == 0 ? 0 : TreeSize.Measure(layout.Diff(chain[0]))));

    /// <summary>Docker's vfs tells nothing about its directories either.</summary>
    public IReadOnlyDictionary<string, string> Describe(string? containerId, IReadOnlyList<string> chain) => new Dictionary<string, string>();

    public void ReadImage(IReadOnlyList<string> chain, Action<SafeFileHandle> read)
    {
        using SafeFileHandle root = Open(chain.Count == 0 ? layout.MountPoint : layout.Diff(chain[0]));
        read(root);
    }

    private string Root(string containerId) => Path.Combine(layout.Container(containerId), RootName);

    private static SafeFileHandle Make(string directory)
    {
        Directory.CreateDirectory(directory);
        return Open(directory);
    }

    private static SafeFileHandle Open(string directory) => Libc.open(directory, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
}
