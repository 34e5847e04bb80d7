using System.Text.Json;
using System.Text.Json.Nodes;
using Rtd.Client.Engine;
using Rtd.Client.Json;
using Rtd.Client.Streams;
using Rtd.Client.Terminal;

namespace Rtd.Client.Containers;

/// <summary>Runs another command in a container that runs.</summary>
internal static class ContainerExec
{
    public static int Run(ClientContext context, ExecOptions options, List<string> arguments)
    {
        EngineClient engine = context.Engine;
        string? keys = options.DetachKeys ?? context.Config.DetachKeys;
        byte[] sequence = DetachKeys.Parse(keys ?? DetachKeys.Default);
        JsonObject request = Request(context, options, arguments, keys);

        // Looked up first: a missing container is then told before a missing terminal, and nothing is made in vain.
        using JsonDocument container = engine.GetJson($"/containers/{QueryString.Segment(arguments[0])}/json");
        if (!options.Detach)
        {
            TtyCheck.Input(options.Tty, options.Interactive);
        }

        string id = Create(engine, container.RootElement.Text("Id"), request);
        JsonObject start = new() { ["Detach"] = options.Detach, ["Tty"] = options.Tty };
        if (options.Detach)
        {
            engine.Post($"/exec/{id}/start", start);
            return 0;
        }

        start["ConsoleSize"] = options.Tty ? new JsonArray(context.Out.Rows, context.Out.Columns) : null;
        return RunAttached(context, options, id, start, sequence);
    }

    private static JsonObject Request(ClientContext context, ExecOptions options, List<string> arguments, string? keys)
    {
        JsonObject request = new()
        {
            ["AttachStdin"] = options.Interactive && !options.Detach,
            ["AttachStdout"] = !options.Detach,
            ["AttachStderr"] = !options.Detach,
            ["Tty"] = options.Tty,
            ["Privileged"] = options.Privileged,
            ["Cmd"] = JsonLists.Of(arguments.Skip(1)),
            ["Env"] = JsonLists.Of(options.EnvFiles.SelectMany(file => KeyValueFile.Read(file, useEnvironment: true)).Concat(options.Env)),
        };
        request.AddText("User", options.User);
        request.AddText("WorkingDir", options.WorkingDirectory);
        request.AddText("DetachKeys", keys);
        if (options.Tty)
        {
            request["ConsoleSize"] = new JsonArray(context.Out.Rows, context.Out.Columns);
        }

        return request;
    }

    private static string Create(EngineClient engine, string container, JsonObject request)
    {
        using JsonDocument answer = engine.PostJson($"/containers/{container}/exec", request);
        return answer.RootElement.Text("Id") is { Length: > 0 } id ? id : throw new ClientException("exec ID empty");
    }

    private static int RunAttached(ClientContext context, ExecOptions options, string id, JsonObject start, byte[] sequence)
    {
        EngineClient engine = context.Engine;
        HijackedConnection connection = engine.Hijack($"/exec/{id}/start", start);
        using AttachedStreams streams = new(connection, options.Tty, options.Interactive, hasOutput: true, sequence);
        using SizeWatcher? size = options.Tty && context.Out.IsTerminal ? new SizeWatcher(engine, $"/exec/{id}/resize", context.Out) : null;
        return streams.Run() ? ExitCode(engine, id) : throw AttachedStreams.Detached();
    }

    private static int ExitCode(EngineClient engine, string id)
    {
        using JsonDocument state = engine.GetJson($"/exec/{id}/json");
        return (int)state.RootElement.Number("ExitCode");
    }
}
