using System.Text.Json;
using Rtd.Client.Formatting;
using Rtd.Client.Images;
using Rtd.Client.Terminal;

namespace Rtd.Client.Builds;

/// <summary>Lines as docker's client prints them for its classic builder.</summary>
internal sealed class PlainView(TextSink sink) : BuildView
{
    private readonly ProgressPrinter _printer = new(sink);
    private Func<long>? _sent;

    public override void Begin(Func<long>? sent) => _sent = sent;

    public override void Stream(string text, JsonElement message) => Print(message);

    public override void Status(JsonElement message) => Print(message);

    public override void Succeed(string id) => TellSent();

    public override void Fail() => TellSent();

    public override void Dispose() => _printer.Finish();

    private void Print(JsonElement message)
    {
        TellSent();
        _printer.Print(message);
    }

    /// <summary>The first answer comes when the daemon has the whole context.</summary>
    private void TellSent()
    {
        if (_sent is not null)
        {
            sink.WriteLine($"Sending build context to the rtd daemon  {HumanSize.Decimal(_sent())}");
            sink.Flush();
            _sent = null;
        }
    }
}
