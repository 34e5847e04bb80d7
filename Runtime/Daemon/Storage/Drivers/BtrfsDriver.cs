using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Quotas;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Drivers;

/// <summary>btrfs: each layer is a snapshot of the one below it with its changes carried out, each container a snapshot of its image's top layer.</summary>
internal sealed class BtrfsDriver : TreeDriver
{
    public const string DriverName = "btrfs";

    private readonly StorageLayout _layout;
    private readonly StorageDriverOptions _settings;

    /// <exception cref="NotSupportedException">The data root is not on btrfs.</exception>
    public BtrfsDriver(StorageLayout layout, TreeRemoval removal, StorageDriverOptions settings)
        : base(layout, removal)
    {
        _layout = layout;
        _settings = settings;
        string backing = BackingFileSystem.Name(layout.Root);
        if (backing != BackingFileSystem.Btrfs)
        {
            throw new NotSupportedException($"it is on {backing}, not on btrfs");
        }
    }

    public override string Name => DriverName;

    public override IReadOnlyList<KeyValuePair<string, string>> Status => [new("Btrfs", "")];

    /// <summary>In Docker's words. What a container takes there includes its image, which the kernel counts too.</summary>
    public override void CheckLimit(long bytes)
    {
        string? refusal = bytes <= 0 ? $"btrfs: invalid storage size: {bytes}B"
            : bytes < _settings.MinSpace ? $"btrfs: storage size cannot be less than {_settings.MinSpace} bytes"
            : null;
        if (refusal is not null)
        {
            throw EngineException.InvalidParameter(refusal);
        }
    }

    public override void RenewLimit(string containerId, bool slack)
    {
        if (QuotaNote.Read(_layout.Container(containerId)) is { } note)
        {
            CountQuotas();
            Limit(Root(containerId), note.Bytes);
        }
    }

    /// <summary>Subvolumes are counted before the new one is made of one of them: it begins with the other's count.</summary>
    protected override void BeforeMaking(string stage, string root, long? limit)
    {
        if (limit is not null)
        {
            CountQuotas();
        }
    }

    protected override void AfterMaking(string stage, string root, long? limit)
    {
        if (limit is { } bytes)
        {
            new QuotaNote(Project: 0, bytes).Write(stage);
            Limit(root, bytes);
        }
    }

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

    /// <summary>Has the file system count what subvolumes take, from the first limit on; it goes on doing so, which costs each write something.</summary>
    private void CountQuotas()
    {
        using SafeFileHandle directory = Libc.open(_layout.Root, Libc.O_RDONLY | Libc.O_DIRECTORY);
        Check("BTRFS_IOC_QUOTA_CTL", _layout.Root, Libc.try_btrfs_quota_enable(directory.Fd()));
        Check("BTRFS_IOC_QUOTA_RESCAN_WAIT", _layout.Root, Libc.try_btrfs_quota_rescan_wait(directory.Fd()));
    }

    private static void Limit(string subvolume, long bytes)
    {
        using SafeFileHandle directory = Libc.open(subvolume, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        Check("BTRFS_IOC_QGROUP_LIMIT", subvolume, Libc.try_btrfs_qgroup_limit(directory.Fd(), (ulong)bytes));
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
