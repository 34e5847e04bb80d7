using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Trees;

/// <summary>Removes trees that hostile programs may have shaped: links, any bytes as names, directories nested without limit.</summary>
/// <remarks>
/// A tree first moves into a trash directory, in one rename, and is gone for everybody else. In the trash, directories found inside a directory
/// move up beside it before they are emptied in turn. So nothing is ever resolved deeper than one level, no link is followed, memory and
/// fds stay bounded, and what a kill leaves is again a trash directory with trees in it.
/// </remarks>
internal sealed class TreeRemoval(string trash)
{
    private long _counter;

    /// <summary>Moves an entry into the trash; false when it was not there.</summary>
    public bool Discard(int directory, ReadOnlySpan<byte> name)
    {
        using SafeFileHandle trashFd = Open();
        int result = Libc.try_renameat2(directory, name, trashFd.Fd(), NextName());
        return result switch
        {
            0 => true,
            -Libc.ENOENT => false,
            _ => throw new SyscallException("rename", -result, RawName.Show(name)),
        };
    }

    /// <summary>Moves a path of the daemon's own into the trash; false when it was not there.</summary>
    public bool Discard(string path) => Discard(Libc.AT_FDCWD, RawName.From(path));

    /// <summary>Removes everything in the trash.</summary>
    public void Empty()
    {
        using SafeFileHandle trashFd = Open();
        Stack<byte[]> directories = [];
        foreach (DirectoryEntry entry in DirectoryReader.Read(trashFd.Fd()))
        {
            Remove(trashFd.Fd(), entry.Name, trashFd.Fd(), directories, alreadyUp: true);
        }

        while (directories.TryPop(out byte[]? name))
        {
            RemoveDirectory(trashFd.Fd(), name, directories);
        }
    }

    private void RemoveDirectory(int trashFd, byte[] name, Stack<byte[]> directories)
    {
        int fd = Libc.try_openat(trashFd, name, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        if (fd == -Libc.ENOENT)
        {
            return; // another emptying took it
        }

        if (fd < 0)
        {
            throw new SyscallException("openat", -fd, RawName.Show(name));
        }

        using (SafeFileHandle directory = Libc.Own(fd))
        {
            foreach (DirectoryEntry entry in DirectoryReader.Read(fd))
            {
                Remove(fd, entry.Name, trashFd, directories, alreadyUp: false);
            }
        }

        Check(Libc.try_unlinkat(trashFd, name, Libc.AT_REMOVEDIR), name);
    }

    private void Remove(int directory, byte[] name, int trashFd, Stack<byte[]> directories, bool alreadyUp)
    {
        int result = Libc.try_unlinkat(directory, name);
        if (result == -Libc.EISDIR)
        {
            result = Libc.try_unlinkat(directory, name, Libc.AT_REMOVEDIR);
        }

        if (result != -Libc.ENOTEMPTY)
        {
            Check(result, name);
            return;
        }

        byte[] moved = alreadyUp ? name : NextName();
        if (!alreadyUp)
        {
            Check(Libc.try_renameat2(directory, name, trashFd, moved), name);
        }

        directories.Push(moved);
    }

    private static void Check(int result, byte[] name)
    {
        if (result is not (0 or -Libc.ENOENT))
        {
            throw new SyscallException("unlinkat", -result, RawName.Show(name));
        }
    }

    private SafeFileHandle Open() => Libc.open(trash, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);

    /// <summary>Unique over restarts too, since an older trash may still hold its names.</summary>
    private byte[] NextName() => Encoding.ASCII.GetBytes($"{Interlocked.Increment(ref _counter)}-{Guid.NewGuid():N}\0");
}
