using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const uint RENAME_NOREPLACE = 1;

    [LibraryImport(LibraryName, EntryPoint = "renameat2", SetLastError = true)]
    private static unsafe partial int _renameat2(int olddirfd, byte* oldpath, int newdirfd, byte* newpath, uint flags);

    /// <summary>renameat2(2); returns 0 or the negative errno.</summary>
    public static unsafe int try_renameat2(int olddirfd, ReadOnlySpan<byte> oldpath, int newdirfd, ReadOnlySpan<byte> newpath, uint flags = 0)
    {
        fixed (byte* from = oldpath)
        fixed (byte* to = newpath)
        {
            return Result(_renameat2(olddirfd, from, newdirfd, to, flags));
        }
    }
}
