namespace Rtd.Client.Terminal;

/// <summary>For output that the user asked not to see.</summary>
internal sealed class DiscardingSink() : TextSink(-1)
{
    protected override void WriteThrough(ReadOnlySpan<byte> bytes)
    {
    }
}
