using System.Text;
using Rtd.Client.Terminal;

namespace Rtd.Tests.Unit.Client;

/// <summary>Keeps what is written, in place of a standard stream.</summary>
internal sealed class CapturingSink(bool isTerminal = false, int columns = 0) : TextSink(-1)
{
    private readonly MemoryStream _written = new();

    public override bool IsTerminal => isTerminal;

    public override int Columns => columns;

    public override int Rows => isTerminal ? 24 : 0;

    public string Text
    {
        get
        {
            Flush();
            return Encoding.UTF8.GetString(_written.ToArray());
        }
    }

    protected override void WriteThrough(ReadOnlySpan<byte> bytes) => _written.Write(bytes);
}
