namespace Rtd.Protocol.Supervision;

/// <summary>How a daemon knows that the supervisor has started it.</summary>
internal static class RestartMark
{
    public const string Variable = "RTD_RESTARTED";
}
