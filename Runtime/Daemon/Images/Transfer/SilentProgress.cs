namespace Rtd.Daemon.Images.Transfer;

/// <summary>For who waits without a client.</summary>
internal sealed class SilentProgress : ITransferProgress
{
    public static SilentProgress Instance { get; } = new();

    public void Message(string? id, string text)
    {
    }

    public void State(string id, string action)
    {
    }

    public void Bytes(string id, string action, long current, long total)
    {
    }

    public void Result(object value)
    {
    }
}
