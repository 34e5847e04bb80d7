namespace Rtd.Client;

internal static class StartFailure
{
    /// <summary>
    /// The code docker run gives for a container that could not be started: 127 when its command was not found, 126 when it cannot be executed, else 125.
    /// The daemon's message is all there is to tell them apart, so the words are those docker's client looks for.
    /// </summary>
    public static int ExitCode(ClientException failure)
    {
        string message = failure.Message.Trim().ToLowerInvariant();
        if (ContainsAny(message, "executable file not found", "no such file or directory", "system cannot find the file specified"))
        {
            return failure is Engine.EngineException ? 127 : 125;
        }

        return failure is Engine.EngineException && ContainsAny(message, "permission denied", "not a directory", "is a directory") ? 126 : 125;
    }

    private static bool ContainsAny(string text, params ReadOnlySpan<string> parts)
    {
        foreach (string part in parts)
        {
            if (text.Contains(part, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
