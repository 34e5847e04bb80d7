namespace Rtd.Daemon.Builds.Stages;

/// <summary>The command of a RUN has ended with an exit code other than 0.</summary>
internal sealed class CommandFailedException(string command, int exitCode) : Exception($"The command '{command}' returned a non-zero code: {exitCode}")
{
    public int ExitCode { get; } = exitCode;
}
