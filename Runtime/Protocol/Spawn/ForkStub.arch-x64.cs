namespace Rtd.Protocol.Spawn;

/// <summary>The few instructions between fork and execve, as position-independent x86-64 machine code.</summary>
/// <remarks>
/// As for <see cref="SpawnStub"/> it must not be managed code. The child has a copy of the memory, not the memory itself: who looks into it or writes to
/// it does not reach its parent. C signature: <c>long stub(ForkArguments *)</c>, which returns clone's result in the parent.
/// </remarks>
internal static class ForkStub
{
    /// <summary>The code; offsets into the block are those of <see cref="ForkArguments"/>.</summary>
    public static ReadOnlySpan<byte> Code =>
    [
        0x53,                               // push rbx
        0x48, 0x89, 0xfb,                   // mov rbx, rdi          rbx = argument block
        0x48, 0x8b, 0x3b,                   // mov rdi, [rbx]        flags
        0x31, 0xf6,                         // xor esi, esi          no other stack
        0x48, 0x8b, 0x53, 0x08,             // mov rdx, [rbx+8]      where the pidfd goes
        0x45, 0x31, 0xd2,                   // xor r10d, r10d
        0x45, 0x31, 0xc0,                   // xor r8d, r8d
        0xb8, 0x38, 0x00, 0x00, 0x00,       // mov eax, 56           clone: filters know what it asks for, and refuse clone3, which hides it
        0x0f, 0x05,                         // syscall
        0x48, 0x85, 0xc0,                   // test rax, rax         0 in the child
        0x0f, 0x85, 0x81, 0x00, 0x00, 0x00, // jnz done
        0x48, 0x8b, 0x7b, 0x40,             // mov rdi, [rbx+64]     the parent's end of the gate: its copy here would keep the gate from closing
        0xb8, 0x03, 0x00, 0x00, 0x00,       // mov eax, 3            close
        0x0f, 0x05,                         // syscall
        0x48, 0x8b, 0x7b, 0x48,             // mov rdi, [rbx+72]     the gate
        0x48, 0x8d, 0x73, 0x38,             // lea rsi, [rbx+56]
        0xba, 0x01, 0x00, 0x00, 0x00,       // mov edx, 1
        0x31, 0xc0,                         // xor eax, eax          read: a byte opens it, its end closes it for good
        0x0f, 0x05,                         // syscall
        0x48, 0x83, 0xf8, 0x01,             // cmp rax, 1
        0x75, 0x3b,                         // jne fail
        0xb8, 0x70, 0x00, 0x00, 0x00,       // mov eax, 112          setsid: it was born into the parent's session
        0x0f, 0x05,                         // syscall
        0x48, 0x85, 0xc0,                   // test rax, rax
        0x78, 0x2f,                         // js fail
        0x48, 0x83, 0x7b, 0x30, 0x00,       // cmp qword [rbx+48], 0
        0x74, 0x15,                         // je exec
        0x31, 0xff,                         // xor edi, edi
        0xbe, 0x0e, 0x54, 0x00, 0x00,       // mov esi, 0x540e       TIOCSCTTY
        0x31, 0xd2,                         // xor edx, edx
        0xb8, 0x10, 0x00, 0x00, 0x00,       // mov eax, 16           ioctl
        0x0f, 0x05,                         // syscall
        0x48, 0x85, 0xc0,                   // test rax, rax
        0x78, 0x13,                         // js fail
        0x48, 0x8b, 0x7b, 0x10,             // exec: mov rdi, [rbx+16]
        0x48, 0x8b, 0x73, 0x18,             // mov rsi, [rbx+24]
        0x48, 0x8b, 0x53, 0x20,             // mov rdx, [rbx+32]
        0xb8, 0x3b, 0x00, 0x00, 0x00,       // mov eax, 59           execve: does not return when it succeeds
        0x0f, 0x05,                         // syscall
        0x48, 0x89, 0x43, 0x38,             // fail: mov [rbx+56], rax
        0x48, 0x8b, 0x7b, 0x28,             // mov rdi, [rbx+40]
        0x48, 0x8d, 0x73, 0x38,             // lea rsi, [rbx+56]
        0xba, 0x08, 0x00, 0x00, 0x00,       // mov edx, 8
        0xb8, 0x01, 0x00, 0x00, 0x00,       // mov eax, 1            write
        0x0f, 0x05,                         // syscall
        0xbf, 0x7f, 0x00, 0x00, 0x00,       // mov edi, 127
        0xb8, 0xe7, 0x00, 0x00, 0x00,       // mov eax, 231          exit_group
        0x0f, 0x05,                         // syscall
        0x5b,                               // done: pop rbx
        0xc3,                               // ret
    ];
}
