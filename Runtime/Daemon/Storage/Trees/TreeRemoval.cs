using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Trees;

/// <summary>Removes trees that hostile programs may have shaped: links, any bytes as names, directories nested without limit.</summary>
/// <remarks>
/// A tree first moves into a trash directory, in one rename, and is gone for everybody else. There it is removed fd by fd, no link is
/// followed, and what lies deeper than <see cref="MaxDepth"/> first moves up into the trash itself. So fds and stack stay bounded, and
/// what a kill leaves is again a trash directory with trees in it.
/// </remarks>
internal sealed class TreeRemoval(string trash)
{
    private const int MaxDepth = 64;

    // Names are unique over restarts too: an older trash may still have its own.
    private readonly string _prefix = Guid.NewGuid().ToString("N");
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

    /// <summary>Removes everything in the trash; several threads may do so at once.</summary>
    public void Empty()
    {
        using SafeFileHandle trashFd = Open();
        Stack<byte[]> movedUp = [];
        foreach (DirectoryEntry entry in DirectoryReader.Read(trashFd.Fd()))
        {
            Remove(trashFd.Fd(), entry, trashFd.Fd(), movedUp, 0);
            while (movedUp.TryPop(out byte[]? name))
            {
                Remove(trashFd.Fd(), new DirectoryEntry(name, Libc.DT_DIR), trashFd.Fd(), movedUp, 0);
            }
        }
    }

    private void Remove(int directory, in DirectoryEntry entry, int trashFd, Stack<byte[]> movedUp, int depth)
    {
        int result = entry.Type == Libc.DT_DIR ? -Libc.EISDIR : Libc.try_unlinkat(directory, entry.Name);
        if (result == -Libc.EISDIR)
        {
            result = Libc.try_unlinkat(directory, entry.Name, Libc.AT_REMOVEDIR);
        }

        if (result != -Libc.ENOTEMPTY)
        {
            Check(result, entry.Name);
        }
        else if (depth < MaxDepth)
        {
            RemoveContent(directory, entry.Name, trashFd, movedUp, depth);
            Check(Libc.try_unlinkat(directory, entry.Name, Libc.AT_REMOVEDIR), entry.Name);
        }
        else
        {
            byte[] name = NextName();
            Check(Libc.try_renameat2(directory, entry.Name, trashFd, name), entry.Name);
            movedUp.Push(name);
        }
    }

    private void RemoveContent(int parent, byte[] name, int trashFd, Stack<byte[]> movedUp, int depth)
    {
        int fd = Libc.try_openat(parent, name, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        if (fd == -Libc.ENOENT)
        {
            return; // another thread took it
        }

        using SafeFileHandle directory = fd >= 0 ? Libc.Own(fd) : throw new SyscallException("openat", -fd, RawName.Show(name));
        foreach (DirectoryEntry entry in DirectoryReader.Read(fd))
        {
            Remove(fd, entry, trashFd, movedUp, depth + 1);
        }
    }

    private static void Check(int result, byte[] name)
    {
        if (result is not (0 or -Libc.ENOENT))
        {
            throw new SyscallException("unlinkat", -result, RawName.Show(name));
        }
    }

    private SafeFileHandle Open() => Libc.open(trash, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);

    private byte[] NextName() => Encoding.ASCII.GetBytes($"{_prefix}-{Interlocked.Increment(ref _counter)}\0");
}
