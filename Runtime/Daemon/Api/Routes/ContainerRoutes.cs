using System.Globalization;
using System.IO.Pipelines;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Logging;

namespace Rtd.Daemon.Api.Routes;

/// <summary><c>/containers</c></summary>
internal sealed class ContainerRoutes(ContainerService containers) : IRouteModule
{
    public void Register(RouteTable routes)
    {
        routes.Map("GET", "/containers/json", ListAsync);
        routes.Map("POST", "/containers/create", CreateAsync);
        routes.Map("POST", "/containers/prune", async context => await context.WriteJsonAsync(200, await containers.PruneAsync(context.Query("filters"))));
        routes.Map("GET", "/containers/{id}/json", context => context.WriteJsonAsync(200, containers.Inspect(context["id"], context.QueryBool("size"))));
        routes.Map("GET", "/containers/{id}/top", context => context.WriteJsonAsync(200, containers.Top(context["id"], context.Query("ps_args"))));
        routes.Map("GET", "/containers/{id}/logs", LogsAsync);
        routes.Map("POST", "/containers/{id}/start", StartAsync);
        routes.Map("POST", "/containers/{id}/stop", context => NoContentAsync(context, id => containers.StopAsync(id, StopSignal(context), context.QueryInt("t"))));
        routes.Map("POST", "/containers/{id}/restart", context => NoContentAsync(context, id => containers.RestartAsync(id, StopSignal(context), context.QueryInt("t"))));
        routes.Map("POST", "/containers/{id}/kill", context => NoContentAsync(context, id => containers.KillAsync(id, context.Query("signal"))));
        routes.Map("POST", "/containers/{id}/pause", context => NoContentAsync(context, containers.PauseAsync));
        routes.Map("POST", "/containers/{id}/unpause", context => NoContentAsync(context, containers.UnpauseAsync));
        routes.Map("POST", "/containers/{id}/rename", context => NoContentAsync(context, id => containers.RenameAsync(id, context.Query("name"))));
        routes.Map("POST", "/containers/{id}/update", UpdateAsync);
        routes.Map("POST", "/containers/{id}/resize", ResizeAsync);
        routes.Map("POST", "/containers/{id}/wait", WaitAsync);
        routes.Map("DELETE", "/containers/{id}", RemoveAsync);
        routes.MapHijack("POST", "/containers/{id}/attach", AttachAsync);
        routes.MapHijack("GET", "/containers/{id}/attach/ws", AttachAsync);
    }

    /// <summary>A terminal size from the query, both required.</summary>
    internal static (ushort Height, ushort Width) Size(ApiContext context) => (Dimension(context, "h"), Dimension(context, "w"));

    private static ushort Dimension(ApiContext context, string name) => context.QueryInt(name) is >= 0 and <= ushort.MaxValue and int value
        ? (ushort)value
        : throw EngineException.InvalidParameter($"invalid value \"{context.Query(name)}\" for {name}: must be a number of characters");

    /// <summary>Older clients' stop and restart have no signal.</summary>
    private static string? StopSignal(ApiContext context) => context.VersionAtLeast(1, 42) ? context.Query("signal") : null;

    private static EngineException Unsupported(string message) => new(ErrorKind.NotImplemented, message);

    private static async Task NoContentAsync(ApiContext context, Func<string, Task> action)
    {
        await action(context["id"]);
        await context.WriteEmptyAsync(204);
    }

    private Task ListAsync(ApiContext context)
    {
        int limit = Math.Max(0, context.QueryInt("limit") ?? 0);
        return context.WriteJsonAsync(200, containers.List(context.QueryBool("all"), limit, context.QueryBool("size"), context.Query("filters")));
    }

    private async Task CreateAsync(ApiContext context)
    {
        ContainerCreateRequest request = await context.ReadJsonAsync<ContainerCreateRequest>();
        OlderRequests.Adapt(request, context);
        string? platform = context.VersionAtLeast(1, 41) ? context.Query("platform") : null;
        await context.WriteJsonAsync(201, await containers.CreateAsync(context.Query("name"), platform, request));
    }

    private async Task StartAsync(ApiContext context)
    {
        if (!string.IsNullOrEmpty(context.Query("checkpoint")))
        {
            throw Unsupported("starting from a checkpoint is not supported");
        }

        await NoContentAsync(context, containers.StartAsync);
    }

    private async Task UpdateAsync(ApiContext context)
    {
        ContainerUpdateRequest request = await context.ReadJsonAsync<ContainerUpdateRequest>();
        request.PidsLimit = context.VersionAtLeast(1, 40) ? request.PidsLimit : null;
        await context.WriteJsonAsync(200, await containers.UpdateAsync(context["id"], request));
    }

    private Task ResizeAsync(ApiContext context)
    {
        (ushort height, ushort width) = Size(context);
        containers.Resize(context["id"], height, width);
        return context.WriteEmptyAsync(200);
    }

    private Task RemoveAsync(ApiContext context)
    {
        if (context.QueryBool("link"))
        {
            throw Unsupported("links between containers are not supported");
        }

        return NoContentAsync(context, id => containers.RemoveAsync(id, context.QueryBool("force"), context.QueryBool("v")));
    }

    /// <summary>The headers go out at once, so that a client knows that the wait has begun before it starts the container.</summary>
    private async Task WaitAsync(ApiContext context)
    {
        if (!context.VersionAtLeast(1, 30))
        {
            int ended = await containers.WaitAsync(context["id"], WaitCondition.NotRunning, context.Aborted);
            await context.WriteJsonAsync(200, new ContainerWaitResult { StatusCode = ended });
            return;
        }

        WaitCondition condition = context.Query("condition") switch
        {
            null or "" or "not-running" => WaitCondition.NotRunning,
            "next-exit" => WaitCondition.NextExit,
            "removed" => WaitCondition.Removed,
            string other => throw EngineException.InvalidParameter($"invalid condition: \"{other}\""),
        };
        Task<int> exit = containers.WaitAsync(context["id"], condition, context.Aborted);
        await using StreamWriter body = new(await context.StartStreamAsync(), leaveOpen: true);
        int code = await exit;
        await body.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{{\"StatusCode\":{code}}}"));
    }

    private Task AttachAsync(HijackContext context) => containers.AttachAsync(
        context["id"],
        new AttachRequest(
            context.QueryBool("logs"),
            context.QueryBool("stream"),
            context.QueryBool("stdin"),
            context.QueryBool("stdout"),
            context.QueryBool("stderr"),
            context.Query("detachKeys"),
            WebSocket: context.Method == "GET"),
        context);

    private async Task LogsAsync(ApiContext context)
    {
        LogReadOptions options = LogOptions(context);
        await using LogReader log = containers.OpenLogs(context["id"], options);
        bool multiplexed = !log.Tty && context.VersionAtLeast(1, 42);
        Stream body = await context.StartStreamAsync(200, multiplexed ? "application/vnd.docker.multiplexed-stream" : "application/vnd.docker.raw-stream");
        PipeWriter output = PipeWriter.Create(body, new StreamPipeWriterOptions(leaveOpen: true));
        LogFormatter formatter = new(log.Tty, context.QueryBool("timestamps"), context.QueryBool("details") ? containers.LogDetails(context["id"]) : null);
        await CopyAsync(log, formatter, output, context.Aborted);
    }

    /// <summary>Flushes when the log makes a pause or enough has come together, so that a follow is prompt and a long log quick.</summary>
    private static async Task CopyAsync(LogReader log, LogFormatter formatter, PipeWriter output, CancellationToken aborted)
    {
        const long Enough = 32 * 1024;
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        await using IAsyncEnumerator<LogMessage> messages = log.ReadAsync(ending.Token).GetAsyncEnumerator(ending.Token);
        Task<bool> next = messages.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                if (!next.IsCompleted || output.UnflushedBytes >= Enough)
                {
                    await output.FlushAsync(aborted);
                }

                if (!await next)
                {
                    break;
                }

                formatter.Write(output, messages.Current);
                next = messages.MoveNextAsync().AsTask();
            }

            await output.FlushAsync(aborted);
        }
        finally
        {
            // A step still under way must end before the reading can be disposed of.
            await ending.CancelAsync();
            await Task.WhenAny(next);
        }
    }

    private static LogReadOptions LogOptions(ApiContext context)
    {
        bool stdout = context.QueryBool("stdout");
        bool stderr = context.QueryBool("stderr");
        if (!stdout && !stderr)
        {
            throw EngineException.InvalidParameter("Bad parameters: you must choose at least one stream");
        }

        // Docker reads a tail that is not a number, such as "all", as everything.
        long? tail = long.TryParse(context.Query("tail"), NumberStyles.None, CultureInfo.InvariantCulture, out long lines) ? lines : null;
        return new LogReadOptions(
            stdout,
            stderr,
            context.QueryBool("follow"),
            tail,
            Timestamps.ParseQuery("since", context.Query("since")),
            Timestamps.ParseQuery("until", context.Query("until")));
    }
}
