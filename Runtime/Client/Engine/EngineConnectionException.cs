using Rtd.Client.Terminal;

namespace Rtd.Client.Engine;

/// <summary>The stream to the daemon broke in the middle of a conversation.</summary>
internal sealed class EngineConnectionException : ClientException
{
    public EngineConnectionException(string call, int errno)
        : base($"error during connect: {call}: {ErrnoText.Of(errno)}")
    {
    }

    public EngineConnectionException(string message)
        : base("error during connect: " + message)
    {
    }
}
