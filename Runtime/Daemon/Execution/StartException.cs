namespace Rtd.Daemon.Execution;

/// <summary>A start that failed: the step, errno and subject that rtinit or the daemon reported, and the exit code a client shows.</summary>
/// <param name="step">Such as "mount /proc", "look up command".</param>
/// <param name="errno">0 when there is none.</param>
/// <param name="exitCode">127 command not found, 126 cannot execute, 128 otherwise, as Docker records it in the container's state.</param>
internal sealed class StartException(string step, int errno, string message, int exitCode, Exception? inner = null) : Exception(message, inner)
{
    public string Step { get; } = step;

    public int Errno { get; } = errno;

    public int ExitCode { get; } = exitCode;
}
