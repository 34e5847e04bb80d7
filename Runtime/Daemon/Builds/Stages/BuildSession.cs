using System.Collections.Concurrent;
using Rtd.Daemon.Builds.Contexts;
using Rtd.Daemon.Builds.Dockerfiles;
using Rtd.Daemon.Builds.Dockerfiles.Arguments;
using Rtd.Daemon.Builds.Output;
using Rtd.Daemon.Builds.Planning;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;

namespace Rtd.Daemon.Builds.Stages;

/// <summary>One build: what its stages share. Images that they stand on stay until it is disposed of.</summary>
internal sealed class BuildSession(BuildParts parts, BuildRequest request, BuildContext context, Dockerfile dockerfile, BuildArguments arguments, BuildPlan plan) : IDisposable
{
    private readonly ConcurrentDictionary<int, Lazy<Task<StageResult>>> _results = [];
    private readonly ConcurrentBag<IDisposable> _pins = [];

    public BuildParts Parts => parts;

    public BuildRequest Request => request;

    public BuildContext Context => context;

    public Dockerfile Dockerfile => dockerfile;

    public BuildArguments Arguments => arguments;

    public BuildPlan Plan => plan;

    public BaseImages Bases { get; } = new(parts.Images, request);

    public StepCache Cache { get; } = new(parts.Images, request);

    /// <summary>What a stage makes; who asks first has it made.</summary>
    /// <param name="output">Where a stage that nobody has planned (only an ONBUILD trigger needs it) speaks.</param>
    public Task<StageResult> ResultOf(Stage stage, IBuildOutput output, CancellationToken cancelled)
    {
        PlannedStage planned = plan.Stages.FirstOrDefault(planned => planned.Stage == stage) ?? plan.AddLate(stage);
        return _results.GetOrAdd(stage.Index, _ => new Lazy<Task<StageResult>>(() => Task.Run(() => new StageBuild(this, planned, output, cancelled).RunAsync(), cancelled))).Value;
    }

    /// <summary>Keeps an image for the rest of the build.</summary>
    /// <exception cref="EngineException">Not found: it has gone.</exception>
    public Image Pin(Image image)
    {
        _pins.Add(parts.Images.Images.TryPin(image.Id) ?? throw EngineException.NotFound($"No such image: {image.Id}"));
        return image;
    }

    /// <summary>As <see cref="Pin"/>; false when it has gone.</summary>
    public bool TryPin(Image image)
    {
        IDisposable? pin = parts.Images.Images.TryPin(image.Id);
        if (pin is not null)
        {
            _pins.Add(pin);
        }

        return pin is not null;
    }

    public void Dispose()
    {
        while (_pins.TryTake(out IDisposable? pin))
        {
            pin.Dispose();
        }
    }
}
