using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const long PROC_SUPER_MAGIC = 0x9fa0, DEVPTS_SUPER_MAGIC = 0x1cd1;

    /// <summary>struct statfs of 64-bit architectures: 120 bytes, the type first.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 120)]
    private struct statfs_t
    {
        public long f_type;
    }

    [LibraryImport(LibraryName, EntryPoint = "fstatfs", SetLastError = true)]
    private static unsafe partial int _fstatfs(int fd, statfs_t* result);

    /// <summary>The magic number of the file system that an fd (O_PATH too) is on.</summary>
    public static unsafe long fstatfs_type(int fd)
    {
        statfs_t result;
        return _fstatfs(fd, &result) == 0 ? result.f_type : throw Failure("fstatfs", $"fd {fd}");
    }
}
