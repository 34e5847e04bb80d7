using System.Text;
using Rtd.Client.Terminal;

namespace Rtd.Client.Containers.Statistics;

/// <summary>Takes a table as text, so that it can be drawn over the one before.</summary>
internal sealed class CapturedTable() : TextSink(-1)
{
    private readonly StringBuilder _text = new();

    public string Text
    {
        get
        {
            Flush();
            return _text.ToString();
        }
    }

    protected override void WriteThrough(ReadOnlySpan<byte> bytes) => _text.Append(Encoding.UTF8.GetString(bytes));
}
