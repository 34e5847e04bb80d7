using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const int PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4;

    private const int MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20;

    [LibraryImport(LibraryName, EntryPoint = "mmap", SetLastError = true)]
    private static unsafe partial void* _mmap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport(LibraryName, EntryPoint = "mprotect", SetLastError = true)]
    private static unsafe partial int _mprotect(void* address, nuint length, int protection);

    [LibraryImport(LibraryName, EntryPoint = "munmap", SetLastError = true)]
    private static unsafe partial int _munmap(void* address, nuint length);

    public static unsafe void* mmap_anonymous(nuint length, int protection)
    {
        void* memory = _mmap(null, length, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return memory != (void*)-1 ? memory : throw Failure("mmap");
    }

    /// <summary>Maps a file from its beginning, shared, for reading and writing.</summary>
    public static unsafe void* mmap_shared(int fd, nuint length)
    {
        void* memory = _mmap(null, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        return memory != (void*)-1 ? memory : throw Failure("mmap");
    }

    public static unsafe void munmap(void* address, nuint length) => _ = _munmap(address, length);

    public static unsafe void mprotect(void* address, nuint length, int protection)
    {
        if (_mprotect(address, length, protection) < 0)
        {
            throw Failure("mprotect");
        }
    }
}
