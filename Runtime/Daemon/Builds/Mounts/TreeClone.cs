using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Builds.Files;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Builds.Mounts;

/// <summary>Copies a file or a directory of a tree under a new name, for a mount of its own.</summary>
internal static class TreeClone
{
    /// <param name="path">What to copy; links that it leads over stay inside the tree.</param>
    /// <param name="name">What it becomes in the target.</param>
    /// <exception cref="EngineException">Invalid parameter: it is not there, or neither a file nor a directory.</exception>
    public static void Copy(FileTree source, string path, SafeFileHandle target, string name, CancellationToken cancelled)
    {
        string found = source.Resolve(path, followLast: true);
        Libc.statx_t status = source.Find(found) ?? throw EngineException.InvalidParameter($"stat {BytePath.Show(path)}: file does not exist");
        byte[] rawName = RawName.From(name);
        switch (status.Type)
        {
            case Libc.S_IFDIR:
                int made = Libc.try_mkdirat(target.Fd(), rawName, 0x1C0);
                if (made is not (0 or -Libc.EEXIST))
                {
                    throw new SyscallException("mkdirat", -made, name);
                }

                using (SafeFileHandle from = source.Open(found, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW))
                using (SafeFileHandle to = Libc.openat(target.Fd(), rawName, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW, 0, name))
                {
                    TreeCopy.Copy(from.Fd(), to.Fd(), cancelled);
                }

                break;
            case Libc.S_IFREG:
                using (SafeFileHandle from = source.Open(found, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK))
                using (FileStream content = new(from, FileAccess.Read, 0))
                using (SafeFileHandle to = Libc.openat(target.Fd(), rawName, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW, 0x180, name))
                using (FileStream written = new(to, FileAccess.Write, 0))
                {
                    content.CopyTo(written);
                    TreeAttributes.SetOwnerMode(target.Fd(), rawName, Libc.S_IFREG, status.Permissions(), status.stx_uid, status.stx_gid);
                }

                break;
            default:
                throw EngineException.InvalidParameter($"{BytePath.Show(path)} is neither a file nor a directory");
        }
    }
}
