using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Json;
using Rtd.Client.Streams;
using Rtd.Client.Terminal;

namespace Rtd.Client.Containers;

/// <summary>Joins our streams to a container that runs.</summary>
internal static class ContainerAttach
{
    public static int Run(ClientContext context, AttachOptions options, List<string> arguments)
    {
        EngineClient engine = context.Engine;
        using JsonDocument container = engine.GetJson($"/containers/{QueryString.Segment(arguments[0])}/json");
        CheckState(container.RootElement.Member("State"));
        JsonElement config = container.RootElement.Member("Config");
        string id = container.RootElement.Text("Id");
        bool isTerminal = config.Flag("Tty");
        bool hasInput = !options.NoStdin && config.Flag("OpenStdin");
        TtyCheck.Input(isTerminal, hasInput);
        string? keys = options.DetachKeys ?? context.Config.DetachKeys;
        byte[] sequence = DetachKeys.Parse(keys ?? DetachKeys.Default);
        using SignalProxy? signals = options.SigProxy == true && !isTerminal ? new SignalProxy(engine, id) : null;
        signals?.Start();
        using ExitWait wait = new(engine, id, "not-running");
        string path = new QueryString($"/containers/{id}/attach").Add("stream", true).Add("stdin", hasInput).Add("stdout", true).Add("stderr", true).Add("detachKeys", keys).ToString();
        using AttachedStreams streams = new(engine.Hijack(path), isTerminal, hasInput, hasOutput: true, sequence);
        using SizeWatcher? size = isTerminal && context.Out.IsTerminal ? Redraw(context, id) : null;
        return streams.Run() ? wait.Result() : throw AttachedStreams.Detached();
    }

    private static void CheckState(JsonElement state)
    {
        if (!state.Flag("Running"))
        {
            throw new ClientException("You cannot attach to a stopped container, start it first");
        }

        if (state.Flag("Paused"))
        {
            throw new ClientException("You cannot attach to a paused container, unpause it first");
        }

        if (state.Flag("Restarting"))
        {
            throw new ClientException("You cannot attach to a restarting container, wait until it is running");
        }
    }

    /// <summary>A change of size makes full-screen programs draw themselves anew, so one is made before the right size is set.</summary>
    private static SizeWatcher Redraw(ClientContext context, string id)
    {
        string path = $"/containers/{id}/resize";
        SizeWatcher.TryResize(context.Engine, path, context.Out.Rows + 1, context.Out.Columns + 1);
        return new SizeWatcher(context.Engine, path, context.Out);
    }
}
