using System.Text;
using Microsoft.Win32.SafeHandles;
using NLog;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Trees;

/// <summary>Removes trees that hostile programs may have shaped: links, any bytes as names, directories nested without limit.</summary>
/// <remarks>
/// A tree first moves into a trash directory, in one rename, and is gone for everybody else. There it is removed fd by fd, no link is
/// followed, and what lies deeper than <see cref="MaxDepth"/> first moves up into the trash itself. So fds and stack stay bounded, and
/// what a kill leaves is again a trash directory with trees in it. A btrfs subvolume is a file system of its own to rename(2): inside one,
/// trees are removed where they are, and a whole one goes by one call.
/// </remarks>
internal sealed class TreeRemoval(string trash)
{
    private const int MaxDepth = 64;

    private static readonly Logger s_log = LogManager.GetLogger("storage");

    private readonly Lock _lock = new();
    private Task _emptying = Task.CompletedTask;
    private bool _wanted;

    // Names are unique over restarts too: an older trash may still have its own.
    private readonly string _prefix = Guid.NewGuid().ToString("N");
    private long _counter;

    /// <summary>Moves an entry into the trash, or removes it on the spot where no rename leads there; false when it was not there.</summary>
    /// <param name="mark">What its name there ends with.</param>
    public bool Discard(int directory, ReadOnlySpan<byte> name, string mark = "")
    {
        using SafeFileHandle trashFd = Open();
        int result = Libc.try_renameat2(directory, name, trashFd.Fd(), NextName(mark));
        switch (result)
        {
            case 0:
                return true;
            case -Libc.ENOENT:
                return false;
            case -Libc.EXDEV:
                RemoveAll(directory, new DirectoryEntry(name.ToArray(), Libc.DT_UNKNOWN), 0);
                return true;
            default:
                throw new SyscallException("rename", -result, RawName.Show(name));
        }
    }

    /// <summary>Moves a path of the daemon's own into the trash; false when it was not there.</summary>
    /// <param name="mark">What its name there ends with.</param>
    public bool Discard(string path, string mark = "") => Discard(Libc.AT_FDCWD, RawName.From(path), mark);

    /// <summary>Removes an entry where it is: in a tree that others see, and that no rename leads out of.</summary>
    public void RemoveInPlace(int directory, ReadOnlySpan<byte> name) => RemoveAll(directory, new DirectoryEntry(name.ToArray(), Libc.DT_UNKNOWN), 0);

    /// <summary>Removes everything in the trash; several threads may do so at once. What cannot be removed stays, and is told to the operator.</summary>
    public void Empty()
    {
        using SafeFileHandle trashFd = Open();
        foreach (DirectoryEntry entry in DirectoryReader.Read(trashFd.Fd()))
        {
            try
            {
                RemoveAll(trashFd.Fd(), entry, 0);
            }
            catch (SyscallException failure)
            {
                s_log.Error(failure, "{0}/{1} cannot be removed", trash, RawName.Show(entry.Name));
            }
        }
    }

    /// <summary>Removes everything in the trash beside the caller, who need not wait: it is out of the way already.</summary>
    /// <returns>Ends when what is in the trash now is gone.</returns>
    public Task EmptySoon()
    {
        lock (_lock)
        {
            _wanted = true;
            if (_emptying.IsCompleted)
            {
                _emptying = Task.Factory.StartNew(EmptyWhileWanted, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }

            return _emptying;
        }
    }

    private void EmptyWhileWanted()
    {
        while (true)
        {
            lock (_lock)
            {
                if (!_wanted)
                {
                    // Whoever wants more from here on finds a task that has not completed, and must not be its last round.
                    _emptying = Task.CompletedTask;
                    return;
                }

                _wanted = false;
            }

            try
            {
                Empty();
            }
            catch (SyscallException failure)
            {
                s_log.Error(failure, "{0} cannot be emptied", trash);
            }
        }
    }

    /// <summary>Removes an entry; what lies too deep in it is moved beside it first.</summary>
    /// <param name="subvolumes">How many subvolumes it lies in.</param>
    private void RemoveAll(int directory, in DirectoryEntry entry, int subvolumes)
    {
        Stack<byte[]> movedUp = [];
        Remove(directory, entry, (directory, movedUp, subvolumes), 0);
        while (movedUp.TryPop(out byte[]? name))
        {
            Remove(directory, new DirectoryEntry(name, Libc.DT_DIR), (directory, movedUp, subvolumes), 0);
        }
    }

    private void Remove(int directory, in DirectoryEntry entry, (int Fd, Stack<byte[]> MovedUp, int Subvolumes) top, int depth)
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
        else if (IsSubvolume(directory, entry.Name))
        {
            RemoveSubvolume(directory, entry.Name, top.Subvolumes + 1);
        }
        else if (depth < MaxDepth)
        {
            RemoveContent(directory, entry.Name, top, depth);
            Check(Libc.try_unlinkat(directory, entry.Name, Libc.AT_REMOVEDIR), entry.Name);
        }
        else
        {
            byte[] name = NextName();
            Check(Libc.try_renameat2(directory, entry.Name, top.Fd, name), entry.Name);
            top.MovedUp.Push(name);
        }
    }

    /// <summary>The roots of subvolumes, and nothing else on btrfs, have this inode number, and a device of their own.</summary>
    private static bool IsSubvolume(int directory, byte[] name) =>
        Libc.try_statx(directory, name, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t status) == 0
        && status.stx_ino == Libc.BTRFS_FIRST_FREE_OBJECTID
        && Libc.fstat(directory, RawName.Show(name)).Identity().Device != status.Identity().Device;

    /// <summary>A subvolume in which a container made others goes when those are gone.</summary>
    private void RemoveSubvolume(int parent, byte[] name, int subvolumes)
    {
        RemoveQuota(parent, name);
        int result = Libc.try_btrfs_snap_destroy(parent, name);
        if (result != -Libc.ENOTEMPTY)
        {
            Check(result, name);
            return;
        }

        if (subvolumes > MaxDepth)
        {
            throw new SyscallException("BTRFS_IOC_SNAP_DESTROY", Libc.ELOOP, RawName.Show(name));
        }

        using (SafeFileHandle directory = Libc.openat(parent, name, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW, 0, RawName.Show(name)))
        {
            foreach (DirectoryEntry entry in DirectoryReader.Read(directory.Fd()))
            {
                RemoveAll(directory.Fd(), entry, subvolumes);
            }
        }

        Check(Libc.try_btrfs_snap_destroy(parent, name), name);
    }

    /// <summary>What the file system counts of a subvolume, and its limit; newer kernels (6.12) let both go with the subvolume, and refuse this.</summary>
    private static void RemoveQuota(int parent, byte[] name)
    {
        int fd = Libc.try_openat(parent, name, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        if (fd >= 0)
        {
            using SafeFileHandle subvolume = Libc.Own(fd);
            _ = Libc.try_btrfs_qgroup_remove(subvolume.Fd());
        }
    }

    private void RemoveContent(int parent, byte[] name, (int Fd, Stack<byte[]> MovedUp, int Subvolumes) top, int depth)
    {
        int fd = Libc.try_openat(parent, name, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        if (fd == -Libc.ENOENT)
        {
            return; // another thread took it
        }

        using SafeFileHandle directory = fd >= 0 ? Libc.Own(fd) : throw new SyscallException("openat", -fd, RawName.Show(name));
        foreach (DirectoryEntry entry in DirectoryReader.Read(fd))
        {
            Remove(fd, entry, top, depth + 1);
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

    private byte[] NextName(string mark = "") => Encoding.ASCII.GetBytes($"{_prefix}-{Interlocked.Increment(ref _counter)}{mark}\0");
}
