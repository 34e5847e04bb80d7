namespace Rtd.Protocol.Spawn;

/// <summary>
/// The few instructions that run between clone3 and execveat, as position-independent x86-64 machine code.
/// </summary>
/// <remarks>
/// A cloned child must not run managed code: the compiler may put a garbage collection poll anywhere, and the collector's threads do not
/// exist in the child, so that it waits for ever. This code uses registers only. The child shares the parent's memory and stack
/// (CLONE_VM|CLONE_VFORK, the parent is stopped meanwhile), so it neither pushes nor calls; what it has to report it writes into the
/// argument block. C signature: <c>long stub(SpawnArguments *)</c>, which returns clone3's result in the parent.
/// </remarks>
internal static class SpawnStub
{
    /// <summary>The code; offsets into the block are those of <see cref="SpawnArguments"/>.</summary>
    public static ReadOnlySpan<byte> Code =>
    [
        0x53,                               // push rbx              save what the caller owns: only the parent gets to restore it
        0x41, 0x54,                         // push r12
        0x41, 0x55,                         // push r13
        0x48, 0x89, 0xfb,                   // mov rbx, rdi          rbx = argument block; system calls keep it
        0x48, 0x8b, 0x43, 0x58,             // mov rax, [rbx+88]     clone3, or clone where a seccomp filter refuses clone3
        0x48, 0x8b, 0x3b,                   // mov rdi, [rbx]        struct clone_args * | flags
        0x48, 0x8b, 0x73, 0x08,             // mov rsi, [rbx+8]      its size            | stack (0: go on with ours)
        0x48, 0x8b, 0x53, 0x60,             // mov rdx, [rbx+96]                         | where the pidfd goes
        0x0f, 0x05,                         // syscall
        0x48, 0x85, 0xc0,                   // test rax, rax         0 in the child
        0x0f, 0x85, 0xe3, 0x00, 0x00, 0x00, // jnz done              parent, or clone3 failed
        0x48, 0x8b, 0x7b, 0x68,             // mov rdi, [rbx+104]    user namespace to enter, or -1
        0x48, 0x85, 0xff,                   // test rdi, rdi
        0x78, 0x6a,                         // js table
        0xbe, 0x00, 0x00, 0x00, 0x10,       // mov esi, 0x10000000   CLONE_NEWUSER
        0xb8, 0x34, 0x01, 0x00, 0x00,       // mov eax, 308          setns: the child has one thread, which rtinit's runtime has not
        0x0f, 0x05,                         // syscall
        0x48, 0x85, 0xc0,                   // test rax, rax
        0x0f, 0x85, 0xb5, 0x00, 0x00, 0x00, // jnz fail
        0x31, 0xff,                         // xor edi, edi          no supplementary groups: the host's mean nothing there
        0x31, 0xf6,                         // xor esi, esi
        0xb8, 0x74, 0x00, 0x00, 0x00,       // mov eax, 116          setgroups
        0x0f, 0x05,                         // syscall
        0x48, 0x85, 0xc0,                   // test rax, rax
        0x0f, 0x85, 0xa1, 0x00, 0x00, 0x00, // jnz fail
        0x31, 0xff,                         // xor edi, edi          its root; the host's root is nobody there, and would lose
        0x31, 0xf6,                         // xor esi, esi          all capabilities by execveat
        0x31, 0xd2,                         // xor edx, edx
        0xb8, 0x77, 0x00, 0x00, 0x00,       // mov eax, 119          setresgid
        0x0f, 0x05,                         // syscall
        0x48, 0x85, 0xc0,                   // test rax, rax
        0x0f, 0x85, 0x8b, 0x00, 0x00, 0x00, // jnz fail
        0xb8, 0x75, 0x00, 0x00, 0x00,       // mov eax, 117          setresuid
        0x0f, 0x05,                         // syscall               takes dumpable away from the memory, which is still the caller's
        0x48, 0x85, 0xc0,                   // test rax, rax
        0x75, 0x7f,                         // jnz fail
        0x48, 0x8b, 0x7b, 0x70,             // mov rdi, [rbx+112]    second struct clone_args *, or 0
        0x48, 0x85, 0xff,                   // test rdi, rdi
        0x74, 0x16,                         // jz table
        0x48, 0x8b, 0x73, 0x78,             // mov rsi, [rbx+120]    its size
        0xb8, 0xb3, 0x01, 0x00, 0x00,       // mov eax, 435          clone3: namespaces belong to the user namespace of who makes them
        0x0f, 0x05,                         // syscall
        0x48, 0x85, 0xc0,                   // test rax, rax
        0x78, 0x66,                         // js fail
        0x74, 0x04,                         // jz table              in the grandchild, which is a child of the caller (CLONE_PARENT)
        0x31, 0xff,                         // xor edi, edi          in between: done
        0xeb, 0x69,                         // jmp exit
        0x4c, 0x8b, 0x63, 0x10,             // table: mov r12, [rbx+16]   fd table: pairs of int (from, to)
        0x4c, 0x8b, 0x6b, 0x18,             // mov r13, [rbx+24]     number of pairs
        0x4d, 0x85, 0xed,                   // next: test r13, r13
        0x74, 0x20,                         // jz mask
        0x41, 0x8b, 0x3c, 0x24,             // mov edi, [r12]        from
        0x41, 0x8b, 0x74, 0x24, 0x04,       // mov esi, [r12+4]      to
        0x31, 0xd2,                         // xor edx, edx          no O_CLOEXEC on the copy: it is to survive execveat
        0xb8, 0x24, 0x01, 0x00, 0x00,       // mov eax, 292          dup3
        0x0f, 0x05,                         // syscall
        0x48, 0x85, 0xc0,                   // test rax, rax
        0x78, 0x3c,                         // js fail
        0x49, 0x83, 0xc4, 0x08,             // add r12, 8
        0x49, 0xff, 0xcd,                   // dec r13
        0xeb, 0xdb,                         // jmp next
        0xbf, 0x02, 0x00, 0x00, 0x00,       // mask: mov edi, 2      SIG_SETMASK
        0x48, 0x8d, 0x73, 0x50,             // lea rsi, [rbx+80]     the mask the new program starts with
        0x31, 0xd2,                         // xor edx, edx          old mask not wanted
        0x41, 0xba, 0x08, 0x00, 0x00, 0x00, // mov r10d, 8           sizeof(kernel sigset_t)
        0xb8, 0x0e, 0x00, 0x00, 0x00,       // mov eax, 14           rt_sigprocmask
        0x0f, 0x05,                         // syscall               handlers are gone already (CLONE_CLEAR_SIGHAND)
        0x48, 0x8b, 0x7b, 0x20,             // mov rdi, [rbx+32]     directory or executable fd
        0x48, 0x8b, 0x73, 0x28,             // mov rsi, [rbx+40]     path
        0x48, 0x8b, 0x53, 0x30,             // mov rdx, [rbx+48]     argv
        0x4c, 0x8b, 0x53, 0x38,             // mov r10, [rbx+56]     envp
        0x4c, 0x8b, 0x43, 0x40,             // mov r8, [rbx+64]      flags
        0xb8, 0x42, 0x01, 0x00, 0x00,       // mov eax, 322          execveat
        0x0f, 0x05,                         // syscall               does not return when it succeeds
        0x48, 0x89, 0x43, 0x48,             // fail: mov [rbx+72], rax   negative errno for the parent
        0xbf, 0x7f, 0x00, 0x00, 0x00,       // mov edi, 127
        0xb8, 0xe7, 0x00, 0x00, 0x00,       // exit: mov eax, 231          exit_group: of the child alone, it is its own thread group
        0x0f, 0x05,                         // syscall
        0x41, 0x5d,                         // done: pop r13
        0x41, 0x5c,                         // pop r12
        0x5b,                               // pop rbx
        0xc3,                               // ret
    ];
}
