using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    /// <summary>File types of <c>struct linux_dirent64</c>; DT_UNKNOWN means that only statx can tell.</summary>
    public const byte DT_UNKNOWN = 0, DT_FIFO = 1, DT_CHR = 2, DT_DIR = 4, DT_BLK = 6, DT_REG = 8, DT_LNK = 10, DT_SOCK = 12;

    [LibraryImport(LibraryName, EntryPoint = "getdents64", SetLastError = true)]
    private static unsafe partial nint _getdents64(int fd, byte* buffer, nuint size);

    /// <summary>getdents64(2): fills the buffer with <c>linux_dirent64</c> records; returns the bytes, 0 at the end, or the negative errno.</summary>
    public static unsafe int try_getdents64(int fd, Span<byte> buffer)
    {
        fixed (byte* data = buffer)
        {
            return Result((int)_getdents64(fd, data, (nuint)buffer.Length));
        }
    }
}
