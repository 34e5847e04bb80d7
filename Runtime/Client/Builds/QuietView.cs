using System.Text;
using System.Text.Json;
using Rtd.Client.Terminal;

namespace Rtd.Client.Builds;

/// <summary>The id alone; of a build that fails, what it said, on standard error.</summary>
internal sealed class QuietView(TextSink output, TextSink error) : BuildView
{
    private readonly StringBuilder _said = new();

    public override void Begin(Func<long>? sent)
    {
    }

    public override void Stream(string text, JsonElement message) => _said.Append(text);

    public override void Status(JsonElement message)
    {
    }

    public override void Succeed(string id)
    {
        output.WriteLine(id);
        output.Flush();
    }

    public override void Fail()
    {
        error.Write(_said.ToString());
        error.Flush();
    }

    public override void Dispose()
    {
    }
}
