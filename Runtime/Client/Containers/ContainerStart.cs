using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Json;
using Rtd.Client.Streams;
using Rtd.Client.Terminal;

namespace Rtd.Client.Containers;

/// <summary>Starts containers, and stays with one when asked to.</summary>
internal static class ContainerStart
{
    public static int Run(ClientContext context, StartOptions options, List<string> arguments)
    {
        if (options.Attach || options.Interactive)
        {
            return arguments.Count == 1 ? RunAttached(context, options, arguments[0]) : throw new ClientException("you cannot start and attach multiple containers at once");
        }

        List<string> failed = [];
        foreach (string name in arguments)
        {
            try
            {
                context.Engine.Post(StartPath(options, QueryString.Segment(name)));
                context.Out.WriteLine(name);
                context.Out.Flush();
            }
            catch (EngineException failure)
            {
                context.Complain(failure.Message);
                failed.Add(name);
            }
        }

        return failed.Count == 0 ? 0 : throw new ClientException($"Error: failed to start containers: {string.Join(", ", failed)}");
    }

    private static int RunAttached(ClientContext context, StartOptions options, string name)
    {
        EngineClient engine = context.Engine;
        using JsonDocument container = engine.GetJson($"/containers/{QueryString.Segment(name)}/json");
        JsonElement config = container.RootElement.Member("Config");
        string id = container.RootElement.Text("Id");
        bool isTerminal = config.Flag("Tty");
        bool hasInput = options.Interactive && config.Flag("OpenStdin");
        TtyCheck.Input(isTerminal, hasInput);
        string? keys = options.DetachKeys ?? context.Config.DetachKeys;
        byte[] sequence = DetachKeys.Parse(keys ?? DetachKeys.Default);
        using SignalProxy? signals = isTerminal ? null : new SignalProxy(engine, id);
        string path = new QueryString($"/containers/{id}/attach").Add("stream", true).Add("stdin", hasInput).Add("stdout", true).Add("stderr", true).Add("detachKeys", keys).ToString();
        using AttachedStreams streams = new(engine.Hijack(path), isTerminal, hasInput, hasOutput: true, sequence);
        bool isRemoved = container.RootElement.Member("HostConfig").Flag("AutoRemove");
        using ExitWait wait = new(engine, id, isRemoved ? "removed" : "next-exit");
        engine.Post(StartPath(options, id));
        signals?.Start();
        using SizeWatcher? size = isTerminal && context.Out.IsTerminal ? new SizeWatcher(engine, $"/containers/{id}/resize", context.Out) : null;
        return streams.Run() ? wait.Result() : 0;
    }

    private static string StartPath(StartOptions options, string name) =>
        new QueryString($"/containers/{name}/start").Add("checkpoint", options.Checkpoint).Add("checkpoint-dir", options.CheckpointDirectory).ToString();
}
