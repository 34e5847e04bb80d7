using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const long PROC_SUPER_MAGIC = 0x9fa0, DEVPTS_SUPER_MAGIC = 0x1cd1;

    private const long ST_RDONLY = 1;

    /// <summary>struct statfs of 64-bit architectures: 120 bytes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 120)]
    public struct statfs_t
    {
        [FieldOffset(0)]
        public long f_type;

        [FieldOffset(8)]
        public long f_bsize;

        [FieldOffset(16)]
        public long f_blocks;

        [FieldOffset(32)]
        public long f_bavail;

        [FieldOffset(40)]
        public long f_files;

        [FieldOffset(48)]
        public long f_ffree;

        [FieldOffset(80)]
        public long f_flags;
    }

    [LibraryImport(LibraryName, EntryPoint = "fstatfs", SetLastError = true)]
    private static unsafe partial int _fstatfs(int fd, statfs_t* result);

    /// <summary>fstatfs(2); the fd may be an O_PATH one.</summary>
    public static unsafe statfs_t fstatfs(int fd, string subject)
    {
        statfs_t result;
        return _fstatfs(fd, &result) == 0 ? result : throw Failure("fstatfs", subject);
    }

    /// <summary>The magic number of the file system that an fd (O_PATH too) is on.</summary>
    public static unsafe long fstatfs_type(int fd)
    {
        statfs_t result;
        return _fstatfs(fd, &result) == 0 ? result.f_type : throw Failure("fstatfs", $"fd {fd}");
    }

    /// <summary>Whether nothing can be written where an fd (O_PATH too) is: its mount or its file system is read-only.</summary>
    public static unsafe bool fstatfs_readonly(int fd)
    {
        statfs_t result;
        return _fstatfs(fd, &result) == 0 ? (result.f_flags & ST_RDONLY) != 0 : throw Failure("fstatfs", $"fd {fd}");
    }
}
