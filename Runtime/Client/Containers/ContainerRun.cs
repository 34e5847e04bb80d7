using Rtd.Client.Engine;
using Rtd.Client.Streams;
using Rtd.Client.Terminal;

namespace Rtd.Client.Containers;

/// <summary>
/// Runs a command in a new container: create, attach, wait, start, in this order, so that neither the first byte of output nor the exit code
/// of a command that ends at once is lost.
/// </summary>
internal static class ContainerRun
{
    public static int Run(ClientContext context, RunOptions options, List<string> arguments)
    {
        if (options.Stay.Detach && options.Basic.Attach.Any())
        {
            throw new RunStartedException("conflicting options: cannot specify both --attach and --detach");
        }

        ContainerRequest request = ContainerCreate.Prepare(context, options, arguments);
        if (options.Stay.Detach)
        {
            MakeDetached(request);
        }
        else
        {
            TtyCheck.Input(options.Basic.Tty, (bool)request.Body["AttachStdin"]!);
        }

        byte[] detachKeys = DetachKeys.Parse(options.Stay.DetachKeys ?? context.Config.DetachKeys ?? DetachKeys.Default);
        string id = ContainerCreate.Create(context, options, request);
        return options.Stay.Detach ? RunDetached(context, id) : RunAttached(context, options, request, id, detachKeys);
    }

    private static void MakeDetached(ContainerRequest request)
    {
        foreach (string key in new[] { "AttachStdin", "AttachStdout", "AttachStderr", "StdinOnce" })
        {
            request.Body[key] = false;
        }
    }

    private static int RunDetached(ClientContext context, string id)
    {
        context.Engine.Post($"/containers/{id}/start");
        context.Out.WriteLine(id);
        return 0;
    }

    private static int RunAttached(ClientContext context, RunOptions options, ContainerRequest request, string id, byte[] detachKeys)
    {
        EngineClient engine = context.Engine;
        bool input = (bool)request.Body["AttachStdin"]!;
        bool output = (bool)request.Body["AttachStdout"]!;
        bool error = (bool)request.Body["AttachStderr"]!;
        using SignalProxy? signals = options.Stay.SigProxy == true && !options.Basic.Tty ? new SignalProxy(engine, id) : null;
        HijackedConnection connection = engine.Hijack(AttachPath(id, input, output, error, options.Stay.DetachKeys ?? context.Config.DetachKeys));
        using AttachedStreams streams = new(connection, options.Basic.Tty, input, output || error, detachKeys);
        using ExitWait wait = new(engine, id, options.Basic.Remove ? "removed" : "next-exit");
        Start(engine, id, options.Basic.Remove, connection, wait);
        signals?.Start();
        if (!output && !error)
        {
            context.Out.WriteLine(id);
            context.Out.Flush();
        }

        using SizeWatcher? size = options.Basic.Tty && context.Out.IsTerminal ? new SizeWatcher(engine, $"/containers/{id}/resize", context.Out) : null;
        return streams.Run() ? wait.Result() : 0;
    }

    /// <summary>Starts it; after a failure a container that is to be removed is waited for, so that its name is free again when we return.</summary>
    private static void Start(EngineClient engine, string id, bool isRemoved, HijackedConnection connection, ExitWait wait)
    {
        try
        {
            engine.Post($"/containers/{id}/start");
        }
        catch (EngineException)
        {
            connection.Abort();
            if (isRemoved)
            {
                wait.Settle();
            }

            throw;
        }
    }

    private static string AttachPath(string id, bool input, bool output, bool error, string? detachKeys) =>
        new QueryString($"/containers/{id}/attach").Add("stream", true).Add("stdin", input).Add("stdout", output).Add("stderr", error).Add("detachKeys", detachKeys).ToString();
}
