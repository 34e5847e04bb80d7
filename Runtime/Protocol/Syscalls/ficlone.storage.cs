namespace Rtd.Protocol.Syscalls;

// linux/fs.h
internal static partial class Libc
{
    private const nuint FICLONE = 0x40049409;

    /// <summary>Makes a file share all data of another one, copied on write (btrfs; xfs and others with reflinks); returns 0 or the negative errno.</summary>
    public static int try_ficlone(int to, int from) => Result(_ioctl(to, FICLONE, from));
}
