namespace Rtd.Client.Engine;

/// <summary>The daemon's answer was an error: its HTTP status and its own message.</summary>
internal sealed class EngineException(int status, string reason) : ClientException("Error response from daemon: " + reason)
{
    public int Status { get; } = status;

    /// <summary>The daemon's words, without our prefix.</summary>
    public string Reason { get; } = reason;
}
