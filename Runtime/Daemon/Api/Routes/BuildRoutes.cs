using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Builds;
using Rtd.Daemon.Builds.Stages;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Listing;

namespace Rtd.Daemon.Api.Routes;

/// <summary>The <c>/build</c> area, in the classic protocol.</summary>
internal sealed class BuildRoutes(BuildService builds) : IRouteModule
{
    public void Register(RouteTable routes)
    {
        routes.Map("POST", "/build", BuildAsync);
        routes.Map("POST", "/build/prune", PruneAsync);
        routes.Map("POST", "/build/cancel", CancelAsync);
    }

    private async Task BuildAsync(ApiContext context)
    {
        BuildRequest request = BuildQuery.Parse(context);
        BuildMessages messages = new(context, quiet: context.QueryBool("q"));
        try
        {
            Image image = await builds.RunAsync(request, context.RequestBody, messages.SendAsync, context.Aborted);
            await messages.FinishAsync(image.Id);
        }
        catch (CommandFailedException failed)
        {
            await messages.FailAsync(failed.Message, failed.ExitCode);
        }
        catch (EngineException error) when (!messages.HasStarted && error.Message.Contains('\n', StringComparison.Ordinal))
        {
            // A Dockerfile's error shows the line: the one kind of message that has two.
            context.Failed = true;
            await context.WriteJsonAsync(ErrorStatus.From(error).Status, new ErrorResponse(error.Message));
        }
        catch (Exception error) when (messages.HasStarted && !context.Aborted.IsCancellationRequested)
        {
            await messages.FailAsync(error is EngineException engine ? engine.Message : ErrorStatus.From(error).Message, null);
        }
    }

    private Task PruneAsync(ApiContext context)
    {
        BuildPruneReport report = builds.Prune(
            context.QueryBool("all"),
            Bytes(context, "keep-storage") + Bytes(context, "reserved-space"),
            ImageFilters.Parse(context.Query("filters"), BuildService.PruneFilters),
            context.Aborted);
        return context.WriteJsonAsync(200, report);
    }

    private Task CancelAsync(ApiContext context)
    {
        builds.Cancel(context.Query("id") ?? "");
        return context.WriteEmptyAsync(204);
    }

    private static long Bytes(ApiContext context, string name) => context.Query(name) switch
    {
        null or "" => 0,
        { } text when long.TryParse(text, out long value) && value >= 0 => value,
        { } text => throw EngineException.InvalidParameter($"{name} is in bytes and expects an integer, got {text}"),
    };
}
