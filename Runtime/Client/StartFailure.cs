using Rtd.Client.Engine;

namespace Rtd.Client;

internal static class StartFailure
{
    private const int CannotExecute = 126, NotFound = 127, Other = 125;

    /// <summary>
    /// The code docker run gives for a container that could not be started: 127 when its command was not found, 126 when it cannot be executed, else 125.
    /// The daemon's message is all there is to tell them apart, so the words are those docker's client looks for.
    /// </summary>
    public static int ExitCode(ClientException failure)
    {
        if (failure is not EngineException)
        {
            return Other;
        }

        string message = failure.Message.ToLowerInvariant();
        return message.Contains("executable file not found", StringComparison.Ordinal) || message.Contains("no such file or directory", StringComparison.Ordinal) ? NotFound
            : message.Contains("permission denied", StringComparison.Ordinal) || message.Contains("is a directory", StringComparison.Ordinal) ? CannotExecute
            : Other;
    }
}
