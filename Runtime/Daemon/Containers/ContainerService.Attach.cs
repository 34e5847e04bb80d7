using System.Globalization;
using Rtd.Daemon.Api;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Streams;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    /// <summary>Attaches a client to a container, running or about to run, and returns when the output has ended or the client has left.</summary>
    public async Task AttachAsync(string reference, AttachRequest request, HijackContext context)
    {
        Container container = _store.Get(reference);
        RefuseAttach(container);
        DetachKeys keys = DetachKeys.Parse(request.DetachKeys);
        bool tty = container.Record.Config.Tty;
        ContainerRun? run = container.Run;
        ProcessStreams streams = container.Streams;

        // The client is there before the answer, so that it misses nothing of a start that follows.
        AttachedClient client = streams.Attach(request.Stream && request.Stdout, request.Stream && request.Stderr, request.WebSocket, out AttachPoint point);
        try
        {
            HijackedStream connection = request.WebSocket ? await context.AcceptWebSocketAsync() : await context.AcceptAsync(tty);
            if (request.Logs)
            {
                await ReplayAsync(container, run, request, point, client, connection, context.Aborted);
            }

            if (!request.Stream)
            {
                return;
            }

            Publish(container, "attach");
            bool stdin = request.Stdin && container.Record.Config.OpenStdin;
            AttachInput? input = stdin ? new AttachInput(container.Record.Config.StdinOnce, tty ? keys : null) : null;
            if (await new AttachSession(connection, streams, client, input).RunAsync(context.Aborted))
            {
                Publish(container, "detach");
            }
        }
        finally
        {
            streams.Detach(client);
        }
    }

    /// <summary>Sets the size of a container's terminal.</summary>
    public void Resize(string reference, ushort height, ushort width)
    {
        Container container = _store.Get(reference);
        ContainerRun run = container.Run ?? throw NotRunning(container);
        ResizeTerminal(run.Process, container.Record.Config.Tty, height, width);
        Publish(container, "resize", ("height", height.ToString(CultureInfo.InvariantCulture)), ("width", width.ToString(CultureInfo.InvariantCulture)));
    }

    private static void RefuseAttach(Container container)
    {
        string? state = container.State.Status switch
        {
            ContainerStatus.Paused => "paused, unpause the container before attach",
            ContainerStatus.Restarting => "restarting, wait until the container is running",
            _ => null,
        };
        if (state is not null)
        {
            throw EngineException.Conflict($"container {container.Id} is {state}");
        }
    }

    private static void ResizeTerminal(IContainerProcess process, bool tty, ushort height, ushort width)
    {
        if (!tty)
        {
            throw EngineException.InvalidParameter("cannot resize: the process has no terminal");
        }

        try
        {
            process.Resize(height, width);
        }
        catch (Exception gone) when (gone is IOException or SyscallException or ObjectDisposedException)
        {
            throw EngineException.Conflict($"cannot resize: the process has ended ({gone.Message})");
        }
    }

    /// <summary>The log up to where live output begins, and what has come of the lines that are unfinished there.</summary>
    private async Task ReplayAsync(
        Container container, ContainerRun? run, AttachRequest request, AttachPoint point, AttachedClient client, HijackedStream connection, CancellationToken aborted)
    {
        DateTimeOffset? until = run is null ? null : point.Time;
        LogReadOptions options = new(request.Stdout, request.Stderr, Follow: false, Tail: null, Since: null, until);
        await using LogReader log = OpenLogs(container, run, options);
        await foreach (LogMessage message in log.ReadAsync(aborted))
        {
            client.Write(connection.Output, message.Stream, message.Data.Span);
            await connection.Output.FlushAsync(aborted);
        }

        if (request.Stdout && point.Stdout.Length > 0)
        {
            client.Write(connection.Output, OutputStream.Stdout, point.Stdout);
        }

        if (request.Stderr && point.Stderr.Length > 0)
        {
            client.Write(connection.Output, OutputStream.Stderr, point.Stderr);
        }

        await connection.Output.FlushAsync(aborted);
    }
}
