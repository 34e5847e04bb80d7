namespace Rtd.Client;

/// <summary>A failure told to the user in one message; the exit code is 1 unless the verb says otherwise.</summary>
/// <remarks>An empty message ends the program with the code alone: everything has been said already.</remarks>
internal class ClientException(string message, int exitCode = 1) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
