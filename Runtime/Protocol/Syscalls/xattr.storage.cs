using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    [LibraryImport(LibraryName, EntryPoint = "lsetxattr", SetLastError = true)]
    private static unsafe partial int _lsetxattr(byte* path, byte* name, byte* value, nuint size, int flags);

    [LibraryImport(LibraryName, EntryPoint = "setxattr", SetLastError = true)]
    private static unsafe partial int _setxattr(byte* path, byte* name, byte* value, nuint size, int flags);

    [LibraryImport(LibraryName, EntryPoint = "lgetxattr", SetLastError = true)]
    private static unsafe partial nint _lgetxattr(byte* path, byte* name, byte* value, nuint size);

    [LibraryImport(LibraryName, EntryPoint = "llistxattr", SetLastError = true)]
    private static unsafe partial nint _llistxattr(byte* path, byte* list, nuint size);

    [LibraryImport(LibraryName, EntryPoint = "lremovexattr", SetLastError = true)]
    private static unsafe partial int _lremovexattr(byte* path, byte* name);

    /// <summary>lremovexattr(2); returns 0 or the negative errno (-ENODATA when there was none).</summary>
    public static unsafe int try_lremovexattr(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name)
    {
        fixed (byte* at = path)
        fixed (byte* key = name)
        {
            return Result(_lremovexattr(at, key));
        }
    }

    /// <summary>lsetxattr(2); the path's last component is not followed. Returns 0 or the negative errno.</summary>
    public static unsafe int try_lsetxattr(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        fixed (byte* at = path)
        fixed (byte* key = name)
        fixed (byte* data = value)
        {
            return Result(_lsetxattr(at, key, data, (nuint)value.Length, 0));
        }
    }

    /// <summary>setxattr(2), which follows links: meant for <c>/proc/self/fd/N</c>. Returns 0 or the negative errno.</summary>
    public static unsafe int try_setxattr(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        fixed (byte* at = path)
        fixed (byte* key = name)
        fixed (byte* data = value)
        {
            return Result(_setxattr(at, key, data, (nuint)value.Length, 0));
        }
    }

    /// <summary>lgetxattr(2); returns the value's length or the negative errno (ERANGE when the buffer is too small).</summary>
    public static unsafe int try_lgetxattr(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, Span<byte> value)
    {
        fixed (byte* at = path)
        fixed (byte* key = name)
        fixed (byte* data = value)
        {
            return Result((int)_lgetxattr(at, key, data, (nuint)value.Length));
        }
    }

    /// <summary>llistxattr(2): zero-terminated names one after another; returns their length or the negative errno.</summary>
    public static unsafe int try_llistxattr(ReadOnlySpan<byte> path, Span<byte> list)
    {
        fixed (byte* at = path)
        fixed (byte* names = list)
        {
            return Result((int)_llistxattr(at, names, (nuint)list.Length));
        }
    }
}
