using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Quotas;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Drivers;

/// <summary>Full copies: each layer's directory is the whole tree up to it, each container's is one more copy. For file systems on which overlay does not work.</summary>
internal sealed class VfsDriver(StorageLayout layout, TreeRemoval removal, ProjectQuotas? quotas, StorageDriverOptions settings) : TreeDriver(layout, removal)
{
    public const string DriverName = "vfs";

    private readonly StorageLayout _layout = layout;

    public override string Name => DriverName;

    public override long? DefaultLimit => settings.Size;

    public override void CheckLimit(long bytes)
    {
        string? refusal = quotas is null ? ProjectQuotas.Unsupported : bytes is > 0 and < ProjectQuotas.Smallest ? ProjectQuotas.TooSmall(bytes) : null;
        if (refusal is not null)
        {
            throw EngineException.InvalidParameter(refusal);
        }
    }

    public override void RenewLimit(string containerId, bool slack) => quotas?.Renew(_layout.Container(containerId));

    /// <summary>The copy of the image counts, as with Docker.</summary>
    protected override void BeforeMaking(string stage, string root, long? limit)
    {
        if (limit is { } bytes)
        {
            OwnFiles.MakeDirectory(root, OwnFiles.PrivateDirectory);
            quotas!.Limit(stage, [root], bytes);
        }
    }

    protected override void AfterMaking(string stage, string root, long? limit)
    {
        if (limit is not null && quotas!.IsExceeded(stage))
        {
            throw new SyscallException("write", Libc.EDQUOT, root);
        }
    }

    protected override void MakeEmpty(string directory) => OwnFiles.MakeDirectory(directory, OwnFiles.SharedDirectory);

    protected override void MakeCopy(string directory, string of, CancellationToken cancelled)
    {
        OwnFiles.MakeDirectory(directory, OwnFiles.PrivateDirectory);
        using SafeFileHandle source = Libc.open(of, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        using SafeFileHandle target = Libc.open(directory, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        TreeCopy.Copy(source.Fd(), target.Fd(), cancelled);
    }
}
