using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    private const uint SPLICE_F_MOVE = 1, SPLICE_F_NONBLOCK = 2;

    private const nuint FIONREAD = 0x541B;

    [LibraryImport(LibraryName, EntryPoint = "splice", SetLastError = true)]
    private static unsafe partial nint _splice(int from, long* fromOffset, int to, long* toOffset, nuint count, uint flags);

    [LibraryImport(LibraryName, EntryPoint = "tee", SetLastError = true)]
    private static partial nint _tee(int from, int to, nuint count, uint flags);

    /// <summary>Moves bytes, at least one end of the move a pipe, without waiting. The count, 0 at the end, or the negative errno (EAGAIN: nothing there, or no room).</summary>
    public static int try_splice(int from, int to, int count) => try_splice(from, to, count, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);

    /// <summary>The same; waits until something comes, or there is room.</summary>
    public static int try_splice_waiting(int from, int to, int count) => try_splice(from, to, count, SPLICE_F_MOVE);

    private static unsafe int try_splice(int from, int to, int count, uint flags)
    {
        while (true)
        {
            nint moved = _splice(from, null, to, null, (nuint)count, flags);
            if (moved >= 0)
            {
                return (int)moved;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno != EINTR)
            {
                return -errno;
            }
        }
    }

    /// <summary>Copies what is in one pipe to another, without taking it out and without waiting. The count, 0 when there is nothing, or the negative errno.</summary>
    public static int try_tee(int from, int to, int count)
    {
        while (true)
        {
            nint copied = _tee(from, to, (nuint)count, SPLICE_F_NONBLOCK);
            if (copied >= 0)
            {
                return (int)copied;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno != EINTR)
            {
                return -errno;
            }
        }
    }

    /// <summary>How many bytes can be read from a pipe now.</summary>
    public static unsafe int bytes_available(int fd)
    {
        int count;
        return _ioctl(fd, FIONREAD, (nint)(&count)) == 0 ? count : throw Failure("ioctl FIONREAD", $"fd {fd}");
    }
}
