using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

/// <summary>More of <c>unistd.h</c>: what cgroups and logs need.</summary>
internal static partial class Libc
{
    [LibraryImport(LibraryName, EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _rmdir(string path);

    [LibraryImport(LibraryName, EntryPoint = "pwrite", SetLastError = true)]
    private static unsafe partial nint _pwrite(int fd, byte* buffer, nuint count, long offset);

    [LibraryImport(LibraryName, EntryPoint = "pread", SetLastError = true)]
    private static unsafe partial nint _pread(int fd, byte* buffer, nuint count, long offset);

    [LibraryImport(LibraryName, EntryPoint = "ftruncate", SetLastError = true)]
    private static partial int _ftruncate(int fd, long length);

    /// <summary>0, or the negative errno (EBUSY: a cgroup with tasks or children).</summary>
    public static int try_rmdir(string path) => _rmdir(path) == 0 ? 0 : -Marshal.GetLastPInvokeError();

    /// <summary>Writes at most the span's length at an offset. Returns the negative errno on failure (ENOSPC).</summary>
    public static unsafe int try_pwrite(int fd, ReadOnlySpan<byte> buffer, long offset)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = _pwrite(fd, start, (nuint)buffer.Length, offset);
                if (count >= 0)
                {
                    return (int)count;
                }

                int errno = Marshal.GetLastPInvokeError();
                if (errno != EINTR)
                {
                    return -errno;
                }
            }
        }
    }

    /// <summary>Reads at most the span's length at an offset; 0 is end of file. Returns the negative errno on failure.</summary>
    public static unsafe int try_pread(int fd, Span<byte> buffer, long offset)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = _pread(fd, start, (nuint)buffer.Length, offset);
                if (count >= 0)
                {
                    return (int)count;
                }

                int errno = Marshal.GetLastPInvokeError();
                if (errno != EINTR)
                {
                    return -errno;
                }
            }
        }
    }

    /// <summary>0, or the negative errno.</summary>
    public static int try_ftruncate(int fd, long length) => _ftruncate(fd, length) == 0 ? 0 : -Marshal.GetLastPInvokeError();
}
