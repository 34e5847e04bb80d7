using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Drivers;

/// <summary>Full copies: each layer's directory is the whole tree up to it, each container's is one more copy. For file systems on which overlay does not work.</summary>
internal sealed class VfsDriver(StorageLayout layout, TreeRemoval removal) : TreeDriver(layout, removal)
{
    public const string DriverName = "vfs";

    public override string Name => DriverName;

    protected override void MakeEmpty(string directory) => OwnFiles.MakeDirectory(directory, OwnFiles.SharedDirectory);

    protected override void MakeCopy(string directory, string of, CancellationToken cancelled)
    {
        OwnFiles.MakeDirectory(directory, OwnFiles.PrivateDirectory);
        using SafeFileHandle source = Libc.open(of, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        using SafeFileHandle target = Libc.open(directory, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        TreeCopy.Copy(source.Fd(), target.Fd(), cancelled);
    }
}
