using Rtd.Protocol.Syscalls;

namespace Rtd.Protocol.Spawn;

/// <summary>Code that the compiler must have no hand in, because it runs where managed code cannot.</summary>
internal static unsafe class MachineCode
{
    /// <summary>Where it may be called; it stays for good.</summary>
    public static void* Map(ReadOnlySpan<byte> code)
    {
        nuint size = (nuint)code.Length;
        void* memory = Libc.mmap_anonymous(size, Libc.PROT_READ | Libc.PROT_WRITE);
        code.CopyTo(new Span<byte>(memory, code.Length));
        Libc.mprotect(memory, size, Libc.PROT_READ | Libc.PROT_EXEC);
        return memory;
    }
}
