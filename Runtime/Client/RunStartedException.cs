namespace Rtd.Client;

/// <summary>A failure of run after its container was created, or of its terminal: told without the pointer to the help.</summary>
internal sealed class RunStartedException(string message, int exitCode = 1) : ClientException(message, exitCode);
