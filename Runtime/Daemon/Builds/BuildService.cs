using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Builds.Contexts;
using Rtd.Daemon.Builds.Dockerfiles;
using Rtd.Daemon.Builds.Dockerfiles.Arguments;
using Rtd.Daemon.Builds.Output;
using Rtd.Daemon.Builds.Planning;
using Rtd.Daemon.Builds.Stages;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Images.Registry;

namespace Rtd.Daemon.Builds;

/// <summary>Builds images from Dockerfiles.</summary>
internal sealed partial class BuildService(BuildParts parts)
{
    private readonly ConcurrentDictionary<Guid, Running> _running = [];
    private readonly ContextReader _contexts = new(parts.Directory);
    private readonly CancellationTokenSource _shutDown = new();

    /// <summary>Builds. All that can be wrong with the request is found before the first message.</summary>
    /// <param name="body">The context as an archive, unless the request names another place.</param>
    /// <param name="send">Sends a document to the client; the next one waits for it.</param>
    /// <returns>The image.</returns>
    /// <exception cref="EngineException">What went wrong. Nothing is left of it but steps that a later build may use.</exception>
    /// <exception cref="CommandFailedException">A command failed.</exception>
    public async Task<Image> RunAsync(BuildRequest request, Stream body, Func<ImageMessage, Task> send, CancellationToken aborted)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(aborted, _shutDown.Token);
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Guid key = Guid.NewGuid();
        _running[key] = new Running(request.Id, end, ended.Task);
        try
        {
            await using BuildContext context = await OpenContextAsync(request, body, send, end.Token);
            return await BuildAsync(request, context, send, end, aborted);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            throw EngineException.Conflict("Build cancelled");
        }
        finally
        {
            _running.TryRemove(key, out _);
            ended.SetResult();
        }
    }

    /// <summary>Ends the builds that a client has named so.</summary>
    public void Cancel(string id)
    {
        if (id.Length == 0)
        {
            throw EngineException.InvalidParameter("build ID not provided");
        }

        foreach (Running build in _running.Values.Where(build => build.Id == id))
        {
            build.End.Cancel();
        }
    }

    /// <summary>Ends all builds, and waits until nothing is left of them.</summary>
    public async Task ShutDownAsync()
    {
        await _shutDown.CancelAsync();
        await Task.WhenAll(_running.Values.Select(build => build.Ended));
    }

    private Task<BuildContext> OpenContextAsync(BuildRequest request, Stream body, Func<ImageMessage, Task> send, CancellationToken cancelled) => request.Remote.Length > 0
        ? new RemoteContext(_contexts, parts.Directory).OpenAsync(request.Remote, request.Dockerfile, send, cancelled)
        : ImageService.WithBody(body, archive => _contexts.Unpack(archive, request.Dockerfile, cancelled), cancelled);

    private async Task<Image> BuildAsync(
        BuildRequest request, BuildContext context, Func<ImageMessage, Task> send, CancellationTokenSource end, CancellationToken aborted)
    {
        Dockerfile dockerfile = Dockerfile.Parse(context.Dockerfile, context.DockerfileName);
        string host = Platforms.Format(Platforms.Host);
        string target = Platforms.Format(request.Platform ?? Platforms.Host);
        BuildArguments arguments = new(request.Arguments, PlatformArguments.For(host, target), dockerfile);
        BuildPlan plan = BuildPlan.Make(dockerfile, arguments, request.Target, request.Labels.Count);
        using BuildSession session = new(parts, request, context, dockerfile, arguments, plan);
        await BeginAsync(session, send);
        Image image = await RunStagesAsync(session, send, end, aborted);
        parts.Images.Images.MarkResult(image.Id);
        if (arguments.UnconsumedWarning is { } warning)
        {
            await SendLineAsync(send, warning);
        }

        await SendLineAsync(send, $"Successfully built {image.Id["sha256:".Length..][..12]}");
        foreach (ImageReference tag in request.Tags)
        {
            TagUnlessDone(image, tag);
            await SendLineAsync(send, $"Successfully tagged {tag.Familiar}");
        }

        return image;
    }

    /// <summary>A build that finds everything done writes nothing.</summary>
    private void TagUnlessDone(Image image, ImageReference tag)
    {
        if (parts.Images.Images.FindExact(tag) != image.Id)
        {
            parts.Images.Images.Tag(image.Id, tag);
        }
    }

    private static async Task BeginAsync(BuildSession session, Func<ImageMessage, Task> send)
    {
        foreach (string warning in session.Dockerfile.Warnings)
        {
            await SendLineAsync(send, warning);
        }

        int step = 0;
        foreach (Dockerfiles.Instructions.ArgInstruction argument in session.Dockerfile.GlobalArguments)
        {
            await SendLineAsync(send, $"Step {++step}/{session.Plan.Steps} : {argument.Source.Text}");
        }
    }

    /// <summary>All stages at once, each waiting for those it needs; the first that fails ends the others.</summary>
    private static async Task<Image> RunStagesAsync(BuildSession session, Func<ImageMessage, Task> send, CancellationTokenSource end, CancellationToken aborted)
    {
        List<(Channel<ImageMessage>, Task)> outputs = [];
        List<Task> stages = [];
        Task<StageResult>? target = null;
        foreach (PlannedStage planned in session.Plan.Stages)
        {
            Channel<ImageMessage> output = OrderedOutput.NewStage();
            Task<StageResult> result = session.ResultOf(planned.Stage, new StageOutput(output.Writer, end.Token), end.Token);
            outputs.Add((output, result));
            stages.Add(CompleteAsync(result, output.Writer));
            target = planned.Stage == session.Plan.Target ? result : target;
        }

        // It ends when all stages have, so that also of a build that fails everything is sent that was said before.
        ExceptionDispatchInfo? failure = null;
        Task talking = new OrderedOutput(send).RunAsync(outputs, aborted);
        await Task.WhenAll(stages.Append(talking).Select(GuardAsync));
        failure?.Throw();
        return target!.Result.Image ?? throw EngineException.InvalidParameter("No image was generated. Is your Dockerfile empty?");

        async Task GuardAsync(Task work)
        {
            try
            {
                await work;
            }
            catch (Exception error)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null);
                await end.CancelAsync();
            }
        }
    }

    private static async Task CompleteAsync(Task<StageResult> stage, ChannelWriter<ImageMessage> output)
    {
        try
        {
            await stage;
        }
        finally
        {
            output.TryComplete();
        }
    }

    private static Task SendLineAsync(Func<ImageMessage, Task> send, string text) => send(new ImageMessage { Stream = text + "\n" });

    private sealed record Running(string Id, CancellationTokenSource End, Task Ended);
}
