using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Drivers;

/// <summary>btrfs: each layer is a snapshot of the one below it with its changes carried out, each container a snapshot of its image's top layer.</summary>
internal sealed class BtrfsDriver : TreeDriver
{
    public const string DriverName = "btrfs";

    /// <exception cref="NotSupportedException">The data root is not on btrfs.</exception>
    public BtrfsDriver(StorageLayout layout, TreeRemoval removal)
        : base(layout, removal)
    {
        string backing = BackingFileSystem.Name(layout.Root);
        if (backing != BackingFileSystem.Btrfs)
        {
            throw new NotSupportedException($"it is on {backing}, not on btrfs");
        }
    }

    public override string Name => DriverName;

    public override IReadOnlyList<KeyValuePair<string, string>> Status => [new("Btrfs", "")];

    protected override void MakeEmpty(string directory)
    {
        using SafeFileHandle parent = Parent(directory);
        Check("BTRFS_IOC_SUBVOL_CREATE", directory, Libc.try_btrfs_subvol_create(parent.Fd(), RawName.From(Path.GetFileName(directory))));
        using SafeFileHandle made = Libc.open(directory, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        TreeAttributes.SetOwnerMode(made.Fd(), ".\0"u8, Libc.S_IFDIR, 0x1ED, 0, 0);
    }

    protected override void MakeCopy(string directory, string of, CancellationToken cancelled)
    {
        using SafeFileHandle parent = Parent(directory);
        using SafeFileHandle source = Libc.open(of, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        Check("BTRFS_IOC_SNAP_CREATE_V2", directory, Libc.try_btrfs_snap_create(parent.Fd(), RawName.From(Path.GetFileName(directory)), source.Fd()));
    }

    private static SafeFileHandle Parent(string path) => Libc.open(Path.GetDirectoryName(path)!, Libc.O_RDONLY | Libc.O_DIRECTORY);

    private static void Check(string call, string path, int result)
    {
        if (result < 0)
        {
            throw new SyscallException(call, -result, path);
        }
    }
}
