using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Security.Seccomp;

/// <summary>A filter under construction in libseccomp.</summary>
internal sealed class SeccompContext : IDisposable
{
    private readonly LibSeccomp _library;
    private readonly nint _context;

    public SeccompContext(LibSeccomp library, uint defaultAction)
    {
        _library = library;
        _context = library.seccomp_init(defaultAction);
        if (_context == 0)
        {
            throw new InvalidOperationException("seccomp_init: out of memory");
        }
    }

    public void AddArchitecture(uint token)
    {
        // The native one is there from the start.
        int status = _library.seccomp_arch_add(_context, token);
        if (status < 0 && status != -Libc.EEXIST)
        {
            throw Failure("seccomp_arch_add", -status);
        }
    }

    /// <summary>
    /// Lays the program out as a binary tree over the call numbers (libseccomp 2.5). The kernel runs it for every call number when a filter is loaded, to
    /// remember those that are allowed whatever their arguments, so a list of a thousand comparisons costs each start 0.4 ms more (0.74 against 0.32).
    /// </summary>
    public void UseBinaryTree() => _library.seccomp_attr_set(_context, LibSeccomp.SCMP_FLTATR_CTL_OPTIMIZE, 2);

    /// <summary>Adds a rule for a number that seccomp_syscall_resolve_name gave. A rule that says what an earlier one said already changes nothing.</summary>
    public void AddRule(string name, int syscall, uint action, ReadOnlySpan<ArgumentFilter> arguments)
    {
        int status = _library.seccomp_rule_add_array(_context, action, syscall, arguments);
        if (status < 0 && status != -Libc.EEXIST)
        {
            throw Failure($"seccomp rule for {name}", -status);
        }
    }

    /// <summary>The program as struct sock_filter[].</summary>
    public byte[] Export()
    {
        using var memory = Libc.memfd_create("seccomp");
        int status = _library.seccomp_export_bpf(_context, memory.Fd());
        if (status < 0)
        {
            throw Failure("seccomp_export_bpf", -status);
        }

        byte[] program = new byte[Libc.fstat(memory.Fd(), "seccomp").stx_size];
        for (int done = 0; done < program.Length;)
        {
            int count = Libc.try_pread(memory.Fd(), program.AsSpan(done), done);
            done += count > 0 ? count : throw new SyscallException("pread", -count, "seccomp");
        }

        return program;
    }

    public void Dispose() => _library.seccomp_release(_context);

    private static EngineException Failure(string what, int errno) => EngineException.System($"{what}: {Libc.strerror(errno)}");
}
