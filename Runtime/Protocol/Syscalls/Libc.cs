using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rtd.Protocol.Syscalls;

/// <summary>
/// The system calls the engine makes, one partial file per C header, C names kept.
/// </summary>
/// <remarks>
/// Every wrapper retries EINTR where the call may be repeated, and throws <see cref="SyscallException"/> with call, errno and subject.
/// A wrapper whose failure is an ordinary answer returns the negative errno instead and says so.
/// Fds are opened close-on-exec.
/// </remarks>
internal static partial class Libc
{
    private const string LibraryName = "libc";

    /// <summary>Throws for a call that returned -1.</summary>
    internal static SyscallException Failure(string call, string? subject = null) =>
        new(call, Marshal.GetLastPInvokeError(), subject);

    /// <summary>The bare number of a handle that the caller keeps alive.</summary>
    internal static int Fd(this SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    /// <summary>Wraps a new fd so that it is closed exactly once.</summary>
    internal static SafeFileHandle Own(int fd) => new(fd, ownsHandle: true);
}
