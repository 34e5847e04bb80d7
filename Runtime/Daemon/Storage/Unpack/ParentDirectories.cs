using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Unpack;

/// <summary>Opens the directories that members of an archive go into, below one root, and makes those that the archive takes for granted.</summary>
/// <param name="root">Root of all paths and of every link on the way; not owned.</param>
/// <param name="resolve">RESOLVE_IN_ROOT and more.</param>
/// <param name="made">Hears of each directory that was made, with its path.</param>
internal sealed class ParentDirectories(SafeFileHandle root, ulong resolve, ParentDirectories.Made? made = null) : IDisposable
{
    private const uint Mode = 0x1ED; // 0755

    private SafeFileHandle? _last;
    private byte[] _lastPath = [];

    /// <param name="path">Zero-terminated, below the root.</param>
    internal delegate void Made(in Libc.statx_t status, byte[] path);

    /// <summary>A directory as an O_PATH fd that stays open until the next call: members of one directory come together.</summary>
    /// <param name="path">Zero-terminated; just the zero for the root.</param>
    public int Open(byte[] path)
    {
        if (_last is not null && path.AsSpan().SequenceEqual(_lastPath))
        {
            return _last.Fd();
        }

        int fd = TryOpen(path);
        if (fd == -Libc.ENOENT)
        {
            Make(path);
            fd = TryOpen(path);
        }

        Check("openat2", path, fd);
        _last?.Dispose();
        _last = Libc.Own(fd);
        _lastPath = path;
        return fd;
    }

    /// <summary>A new O_PATH fd of a directory, or the negative errno.</summary>
    public int TryOpen(ReadOnlySpan<byte> path) => Libc.try_openat2(root.Fd(), path.Length <= 1 ? ".\0"u8 : path, Libc.O_PATH | Libc.O_DIRECTORY, 0, resolve);

    /// <summary>A directory has been removed, and may have been the last one.</summary>
    public void Forget() => _lastPath = [];

    public void Dispose() => _last?.Dispose();

    private void Make(byte[] path)
    {
        for (int end = 0; end < path.Length; end++)
        {
            if (path[end] is not ((byte)'/' or 0))
            {
                continue;
            }

            byte[] prefix = [.. path.AsSpan(0, end), 0];
            int fd = TryOpen(prefix);
            if (fd >= 0)
            {
                Libc.Own(fd).Dispose();
                continue;
            }

            MakeOne(prefix);
        }
    }

    private void MakeOne(byte[] path)
    {
        int slash = Array.LastIndexOf(path, (byte)'/');
        int above = TryOpen(slash < 0 ? [0] : [.. path.AsSpan(0, slash), 0]);
        Check("openat2", path, above);
        using SafeFileHandle parent = Libc.Own(above);
        ReadOnlySpan<byte> name = path.AsSpan(slash + 1);
        Check("mkdirat", path, Libc.try_mkdirat(above, name, Mode));
        int fd = Libc.try_openat(above, name, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        Check("openat", path, fd);
        using SafeFileHandle directory = Libc.Own(fd);
        TreeAttributes.SetOwnerMode(fd, ".\0"u8, Libc.S_IFDIR, Mode, 0, 0);
        made?.Invoke(Libc.fstat(fd, RawName.Show(path)), path);
    }

    private static void Check(string call, byte[] path, int result)
    {
        if (result < 0)
        {
            throw new SyscallException(call, -result, RawName.Show(path));
        }
    }
}
