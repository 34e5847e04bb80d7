using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Logging.JsonFile;

internal sealed partial class JsonFileLog : IRewindableLog
{
    private ulong _inode;

    public LogEnd Position
    {
        get
        {
            lock (_lock)
            {
                if (_file is null && (!File.Exists(Path) || !TryOpen()))
                {
                    return default;
                }

                return new LogEnd(_inode, _size);
            }
        }
    }

    /// <summary>
    /// The file that was the current one may have been rotated since, by what is to be taken back: then those that are newer hold nothing else. It is not
    /// compressed yet (see <see cref="Settle"/>); one that is gone has taken the rest along.
    /// </summary>
    public void Rewind(LogEnd position)
    {
        lock (_lock)
        {
            for (long age = 0; age < options.MaximumFiles; age++)
            {
                int fd = Libc.try_openat(Libc.AT_FDCWD, PathOf(age), Libc.O_RDWR | Libc.O_NOFOLLOW);
                if (fd < 0)
                {
                    continue;
                }

                using SafeFileHandle file = Libc.Own(fd);
                Libc.statx_t found = Libc.fstat(fd, PathOf(age));
                if (found.stx_ino == position.File)
                {
                    CutBack(fd, (long)found.stx_size, position.Offset);
                    return;
                }

                if (age == 0 || position.File == 0 || IsPresent(position.File, age))
                {
                    CutBack(fd, (long)found.stx_size, 0);
                }
            }
        }
    }

    private static void CutBack(int fd, long size, long offset)
    {
        if (size > offset)
        {
            Libc.try_ftruncate(fd, offset);
        }
    }

    /// <summary>Whether the file is among the older ones.</summary>
    private bool IsPresent(ulong inode, long age)
    {
        for (long older = age + 1; older < options.MaximumFiles; older++)
        {
            if (Libc.try_statx(Libc.AT_FDCWD, PathOf(older), Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t found) == 0 && found.stx_ino == inode)
            {
                return true;
            }
        }

        return false;
    }
}
