using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>A start that failed: the step, errno and subject that rtinit or the daemon reported, and the exit code a client shows.</summary>
/// <param name="step">Such as "mount /proc", "look up command".</param>
/// <param name="errno">0 when there is none.</param>
/// <param name="exitCode">127 command not found, 126 cannot execute, 128 otherwise, as Docker records it in the container's state.</param>
internal sealed class StartException(string step, int errno, string message, int exitCode, Exception? inner = null) : Exception(message, inner)
{
    private const int NotExecutable = 126, NotFound = 127;

    public string Step { get; } = step;

    public int Errno { get; } = errno;

    public int ExitCode { get; } = exitCode;

    /// <summary>
    /// What was asked for cannot be: a command that is not there, a user that the image or a sysctl that the kernel does not know, a file where a
    /// directory is needed. What the machine has run out of, or breaks, is not.
    /// </summary>
    public bool IsOfTheRequest =>
        ExitCode is NotExecutable or NotFound
        || Errno is Libc.EINVAL or Libc.ENOENT or Libc.ENOTDIR or Libc.EISDIR or Libc.ELOOP or Libc.ENAMETOOLONG or Libc.EPERM or Libc.EACCES
            or Libc.EROFS or Libc.ENODEV or Libc.ENXIO or Libc.EOPNOTSUPP or Libc.ERANGE or Libc.E2BIG or Libc.EXDEV or Libc.EEXIST or Libc.EFBIG;
}
