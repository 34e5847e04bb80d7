using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Formatting;
using Rtd.Client.Json;
using Rtd.Client.Templates;

namespace Rtd.Client.Daemon;

/// <summary>Prints what happens at the daemon, line by line as it happens.</summary>
internal static class EngineEvents
{
    public static int Run(ClientContext context, EventsOptions options, List<string> arguments)
    {
        Template? template = ObjectTemplate.Parse(options.Format);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        string path = new QueryString("/events")
            .Add("since", options.Since is null ? null : GoTime.ToApiTimestamp(options.Since, now))
            .Add("until", options.Until is null ? null : GoTime.ToApiTimestamp(options.Until, now))
            .Add("filters", Filters.Encode(options.Filters))
            .ToString();
        using EngineResponse response = context.Engine.Send("GET", path);
        foreach (JsonDocument document in JsonStream.Read(response.Body))
        {
            using (document)
            {
                context.Out.WriteLine(template?.Render(JsonView.Of(document.RootElement, "")) ?? Line(document.RootElement));
                context.Out.Flush();
            }
        }

        return 0;
    }

    private static string Line(JsonElement message)
    {
        long moment = message.Number("timeNano") is > 0 and var nanoseconds ? nanoseconds : message.Number("time") * 1_000_000_000;
        string line = $"{GoTime.LocalNano(moment)} {message.Text("Type")} {message.Text("Action")} {message.Member("Actor").Text("ID")}";
        string[] attributes = [.. message.Member("Actor").Member("Attributes").Members().OrderBy(attribute => attribute.Name, StringComparer.Ordinal).Select(attribute => $"{attribute.Name}={attribute.Value.GetString()}")];
        return attributes.Length == 0 ? line : $"{line} ({string.Join(", ", attributes)})";
    }
}
