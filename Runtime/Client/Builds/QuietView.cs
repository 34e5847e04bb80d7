using System.Text;
using System.Text.Json;

namespace Rtd.Client.Builds;

/// <summary>The id alone; of a build that fails, what it said, on standard error.</summary>
internal sealed class QuietView(ClientContext context) : BuildView
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
        context.Out.WriteLine(id);
        context.Out.Flush();
    }

    public override void Fail()
    {
        context.Err.Write(_said.ToString());
        context.Err.Flush();
    }

    public override void Dispose()
    {
    }
}
