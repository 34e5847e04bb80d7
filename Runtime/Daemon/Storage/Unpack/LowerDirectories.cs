using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Unpack;

/// <summary>The layers below the one being unpacked, the nearest first; each is opened when it is first asked.</summary>
internal sealed class LowerDirectories(IReadOnlyList<string> paths) : IDisposable
{
    private const ulong Inside = Libc.RESOLVE_BENEATH | Libc.RESOLVE_NO_SYMLINKS | Libc.RESOLVE_NO_MAGICLINKS;

    private readonly SafeFileHandle?[] _opened = new SafeFileHandle?[paths.Count];

    /// <summary>
    /// What a directory is in the nearest layer that has the name: null when none has it or it is no directory there. A layer that only names
    /// <c>a/b/c</c> must not change the owner and mode that <c>a</c> and <c>a/b</c> have from below.
    /// </summary>
    /// <param name="path">Zero-terminated; just the zero for the root.</param>
    public Libc.statx_t? FindDirectory(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> relative = path.Length <= 1 ? ".\0"u8 : path;
        for (int i = 0; i < paths.Count; i++)
        {
            int fd = Libc.try_openat2(Open(i), relative, Libc.O_PATH | Libc.O_NOFOLLOW, 0, Inside);
            if (fd >= 0)
            {
                using SafeFileHandle found = Libc.Own(fd);
                Libc.statx_t status = Libc.fstat(fd, paths[i]);
                return status.Type == Libc.S_IFDIR ? status : null;
            }

            if (fd != -Libc.ENOENT)
            {
                return null;
            }
        }

        return null;
    }

    public void Dispose()
    {
        foreach (SafeFileHandle? handle in _opened)
        {
            handle?.Dispose();
        }
    }

    private int Open(int index) => (_opened[index] ??= Libc.open(paths[index], Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW)).Fd();
}
