using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Formatting;
using Rtd.Client.Json;
using Rtd.Client.Streams;

namespace Rtd.Client.Containers;

/// <summary>Prints what a container wrote, each stream to its own.</summary>
internal static class ContainerLogs
{
    public static int Run(ClientContext context, LogsOptions options, List<string> arguments)
    {
        using JsonDocument container = context.Engine.GetJson($"/containers/{QueryString.Segment(arguments[0])}/json");
        string path = new QueryString($"/containers/{container.RootElement.Text("Id")}/logs")
            .Add("stdout", true).Add("stderr", true)
            .Add("since", Moment("since", options.Since)).Add("until", Moment("until", options.Until))
            .Add("timestamps", options.Timestamps).Add("details", options.Details).Add("follow", options.Follow).Add("tail", options.Tail)
            .ToString();
        using EngineResponse response = context.Engine.Send("GET", path);
        if (container.RootElement.Member("Config").Flag("Tty"))
        {
            CopyRaw(response.Body);
        }
        else
        {
            StreamDemultiplexer.Copy(response.Body.Read, StandardStreams.WriteOutput, StandardStreams.WriteError);
        }

        return 0;
    }

    private static string? Moment(string name, string? text)
    {
        try
        {
            return text is null ? null : GoTime.ToApiTimestamp(text, DateTimeOffset.UtcNow);
        }
        catch (ClientException failure)
        {
            throw new ClientException($"invalid value for \"{name}\": {failure.Message}");
        }
    }

    private static void CopyRaw(Stream body)
    {
        byte[] buffer = new byte[32 * 1024];
        int count;
        while ((count = body.Read(buffer)) > 0)
        {
            StandardStreams.WriteOutput(buffer.AsSpan(0, count));
        }
    }
}
