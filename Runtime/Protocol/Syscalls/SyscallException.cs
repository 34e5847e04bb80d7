namespace Rtd.Protocol.Syscalls;

/// <summary>A system call that failed: which call, with which errno, on what.</summary>
/// <remarks>The one exception type of the syscall layer; errors(3) gives the meaning of <see cref="Errno"/> per call.</remarks>
internal sealed class SyscallException(string call, int errno, string? subject = null)
    : Exception(subject is null ? $"{call}: {Libc.strerror(errno)}" : $"{call} {subject}: {Libc.strerror(errno)}")
{
    /// <summary>The C name of the call.</summary>
    public string Call { get; } = call;

    /// <summary>The errno value the kernel gave.</summary>
    public int Errno { get; } = errno;

    /// <summary>The path, pid or name the call was about.</summary>
    public string? Subject { get; } = subject;
}
