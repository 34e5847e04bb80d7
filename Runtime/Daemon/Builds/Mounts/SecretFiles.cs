using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Builds.Mounts;

/// <summary>Secrets while a step has them mounted: in the exec root, which lies in memory, a file each.</summary>
internal sealed class SecretFiles
{
    private readonly string _root;

    public SecretFiles(string execRoot)
    {
        _root = Path.Combine(execRoot, "secrets");
        StorageLayout.MakePrivate(_root);
        foreach (string leftover in Directory.EnumerateFiles(_root))
        {
            File.Delete(leftover);
        }
    }

    /// <param name="mode">Permission bits.</param>
    public SecretFile Write(byte[] secret, uint mode, uint uid, uint gid)
    {
        string name = Guid.NewGuid().ToString("N");
        using SafeFileHandle directory = Libc.open(_root, Libc.O_RDONLY | Libc.O_DIRECTORY);
        using SafeFileHandle file = Libc.openat(directory.Fd(), RawName.From(name), Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW, 0x180, "a secret");
        SecretFile made = new(Path.Combine(_root, name));
        RandomAccess.Write(file, secret, 0);
        TreeAttributes.SetOwnerMode(directory.Fd(), RawName.From(name), Libc.S_IFREG, mode, uid, gid);
        return made;
    }
}
