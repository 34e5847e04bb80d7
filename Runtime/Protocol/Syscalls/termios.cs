using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const nuint TIOCSCTTY = 0x540E, TIOCSWINSZ = 0x5414, TIOCGPTN = 0x80045430, TIOCSPTLCK = 0x40045431, TIOCGPTPEER = 0x5441;

    [StructLayout(LayoutKind.Sequential)]
    public struct winsize
    {
        public ushort ws_row;
        public ushort ws_col;
        public ushort ws_xpixel;
        public ushort ws_ypixel;
    }

    [LibraryImport(LibraryName, EntryPoint = "ioctl", SetLastError = true)]
    private static partial int _ioctl(int fd, nuint request, nint argument);

    /// <summary>Unlocks a pty master's other end (unlockpt(3)).</summary>
    public static unsafe void unlockpt(int master)
    {
        int zero = 0;
        if (_ioctl(master, TIOCSPTLCK, (nint)(&zero)) < 0)
        {
            throw Failure("ioctl TIOCSPTLCK");
        }
    }

    /// <summary>Opens the other end by the master itself, not by a path that the container could have replaced (Linux 4.13, CVE-2025-52565).</summary>
    public static SafeFileHandle open_pty_peer(int master)
    {
        int fd = _ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
        return fd >= 0 ? Own(fd) : throw Failure("ioctl TIOCGPTPEER");
    }

    public static unsafe void set_winsize(int fd, ushort rows, ushort columns)
    {
        winsize size = new() { ws_row = rows, ws_col = columns };
        if (_ioctl(fd, TIOCSWINSZ, (nint)(&size)) < 0)
        {
            throw Failure("ioctl TIOCSWINSZ");
        }
    }

    public static void set_controlling_terminal(int fd)
    {
        if (_ioctl(fd, TIOCSCTTY, 0) < 0)
        {
            throw Failure("ioctl TIOCSCTTY");
        }
    }
}
