using Newtonsoft.Json;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Builds.Dockerfiles;
using Rtd.Daemon.Builds.Dockerfiles.Arguments;
using Rtd.Daemon.Builds.Dockerfiles.Instructions;
using Rtd.Daemon.Builds.Output;
using Rtd.Daemon.Builds.Planning;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Images.Changes;
using Rtd.Daemon.Images.Origins;
using Rtd.Daemon.Images.Registry;
using Rtd.Daemon.Storage.Unpack;

namespace Rtd.Daemon.Builds.Stages;

/// <summary>Builds one stage, instruction by instruction; each makes an image.</summary>
internal sealed partial class StageBuild(BuildSession session, PlannedStage planned, IBuildOutput output, CancellationToken cancelled)
{
    private const string Scratch = "scratch", DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static readonly string[] s_shell = ["/bin/sh", "-c"];

    private readonly Stage _stage = planned.Stage;
    private Image? _image;
    private OciPlatform? _platform;
    private ContainerConfig _config = new();
    private ConfigEditor _editor = new(new ContainerConfig());
    private string _author = "";
    private StageVariables _variables = null!;
    private IReadOnlyList<string> _triggers = [];
    private int _step = planned.FirstStep;

    /// <summary>The image of the step under way is what the build was asked for.</summary>
    private bool _makesResult;

    /// <exception cref="EngineException">What went wrong; the build is over.</exception>
    public async Task<StageResult> RunAsync()
    {
        await AnnounceAsync(_stage.Source.Text);
        try
        {
            await BeginAsync();
        }
        catch (EngineException error) when (error.Kind == ErrorKind.InvalidParameter)
        {
            throw DockerfileError.At(_stage.Source, error);
        }

        await RunTriggersAsync();
        List<Instruction> instructions = [.. _stage.Instructions, .. Labels()];
        foreach (Instruction instruction in instructions)
        {
            _makesResult = _stage == session.Plan.Target && ReferenceEquals(instruction, instructions[^1]);
            cancelled.ThrowIfCancellationRequested();
            await AnnounceAsync(instruction.Source.Shown);
            await RunAsync(instruction);
        }

        if (_image is not null)
        {
            await output.ResultAsync(new IdResult(_image.Id));
        }

        return new StageResult(_image, _variables);
    }

    /// <summary>FROM: another stage, nothing, or an image.</summary>
    private async Task BeginAsync()
    {
        StageVariables? parent = null;
        string? platform = _stage.Platform is null ? null : session.Arguments.FromWords.Expand(_stage.Platform);
        _platform = platform is { Length: > 0 } ? Platforms.Parse(platform) : session.Request.Platform;
        if (planned.BaseStage is { } stage)
        {
            StageResult result = await session.ResultOf(stage, output, cancelled);
            (_image, parent) = (result.Image, result.Variables);
        }
        else if (planned.Base != Scratch)
        {
            _image = session.Pin(await session.Bases.GetAsync(planned.Base, platform is { Length: > 0 } ? _platform : null, output, cancelled));
        }

        _config = Clone(_image?.Config.Config ?? new ContainerConfig());
        _config.OpenStdin = false;
        _config.StdinOnce = false;
        _author = _image?.Config.Author ?? "";
        if (ConfigEnvironment.Find(_config.Env, "PATH") is null)
        {
            (_config.Env ??= []).Add(DefaultPath);
        }

        _triggers = _config.OnBuild ?? [];
        _config.OnBuild = null;
        _editor = new ConfigEditor(_config);
        _variables = new StageVariables(session.Arguments, parent, () => _config.Env);
        await output.LineAsync($" ---> {Short(_image)}");
    }

    private async Task RunTriggersAsync()
    {
        if (planned.BaseStage is not null || _triggers.Count == 0)
        {
            return;
        }

        await output.LineAsync(_triggers.Count == 1 ? "# Executing 1 build trigger" : $"# Executing {_triggers.Count} build triggers");
        foreach (string trigger in _triggers)
        {
            await RunAsync(Dockerfile.ParseTrigger(trigger));
        }
    }

    /// <summary>What <c>--label</c> asks for are the target's last steps.</summary>
    private IEnumerable<Instruction> Labels() => _stage != session.Plan.Target
        ? []
        : session.Request.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label =>
            new LabelInstruction { Source = new SourceLine(0, $"LABEL {label.Key}={label.Value}"), Labels = [label] });

    private Task RunAsync(Instruction written)
    {
        // Labels of the command line are no words of the Dockerfile.
        Instruction instruction = written.Source.Number == 0 && written is LabelInstruction ? written : written.Expand(_variables.Words);
        return instruction switch
        {
            RunInstruction run => RunCommandAsync(run),
            CopyInstruction copy => CopyAsync(copy),
            AddInstruction add => AddAsync(add),
            WorkdirInstruction workdir => EnterDirectoryAsync(workdir),
            _ => ConfigureAsync(instruction),
        };
    }

    private ValueTask AnnounceAsync(string text) =>
        output.LineAsync(planned.FirstStep == 0 ? $"Step : {text}" : $"Step {_step++}/{session.Plan.Steps} : {text}");

    /// <summary>Takes the image that a step makes: from the cache, or made now.</summary>
    /// <param name="createdBy">What history says of the step; it is part of its key.</param>
    /// <param name="seen">All else that decides its result.</param>
    /// <param name="make">Does the step and gives what writes the layer's archive; null when it only changes the config.</param>
    private async Task CommitAsync(string createdBy, IEnumerable<string> seen, Func<CommitDetails, Task<Image>> make)
    {
        CommitDetails details = new(Clone(_config), createdBy, _author, "")
        {
            Platform = _platform ?? Platforms.Host,
            Origin = new ImageOrigin
            {
                Parent = _image?.Id ?? "",
                Key = StepCache.Key(_image?.Id ?? "", seen.Prepend(createdBy).Append(_author).Append(Platforms.Format(_platform ?? Platforms.Host)).Append(JsonConvert.SerializeObject(_config))),
                Description = createdBy,
                Created = DateTimeOffset.UtcNow,
                IsResult = _makesResult,
            },
        };
        details.Config.Image = _image?.Id ?? "";
        if (session.Cache.Find(_image, details) is { } known && session.TryPin(known))
        {
            await output.LineAsync(" ---> Using cache");
            _image = known;
        }
        else
        {
            _image = session.Pin(await make(details));
        }

        await output.LineAsync($" ---> {Short(_image)}");
    }

    private Task<Image> CommitLayerAsync(CommitDetails details, Action<Stream>? write, SharedContents? shared = null) => Task.Factory.StartNew(
        () => session.Parts.Images.Commit.Run(_image, details, null, write, cancelled.ThrowIfCancellationRequested, cancelled, shared),
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private IReadOnlyList<string> ShellWords => _config.Shell is { Count: > 0 } shell ? shell : s_shell;

    private string Comment(string text) => $"{string.Join(' ', ShellWords)} #(nop) {text}";

    private static string Short(Image? image) => image is null ? "" : image.Id["sha256:".Length..][..12];

    private static ContainerConfig Clone(ContainerConfig config) => JsonConvert.DeserializeObject<ContainerConfig>(JsonConvert.SerializeObject(config))!;
}
