using Rtd.Daemon.Builds.Dockerfiles;
using Rtd.Daemon.Builds.Dockerfiles.Arguments;
using Rtd.Daemon.Builds.Dockerfiles.Instructions;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Planning;

/// <summary>Which stages a target needs, and how their steps are counted.</summary>
internal sealed class BuildPlan
{
    private readonly Dockerfile _dockerfile;
    private readonly BuildArguments _arguments;
    private readonly SortedDictionary<int, PlannedStage> _stages = [];

    private BuildPlan(Dockerfile dockerfile, BuildArguments arguments, Stage target)
    {
        _dockerfile = dockerfile;
        _arguments = arguments;
        Target = target;
    }

    public Stage Target { get; }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyCollection<PlannedStage> Stages => _stages.Values;

    /// <summary>Steps of all these stages, and of the ARGs before them.</summary>
    public int Steps { get; private set; }

    /// <param name="target">A stage by name or number; empty for the last one.</param>
    /// <param name="labels">Steps that the client adds to the target.</param>
    /// <exception cref="EngineException">Invalid parameter: there is no such stage, or one needs what it cannot have.</exception>
    public static BuildPlan Make(Dockerfile dockerfile, BuildArguments arguments, string target, int labels)
    {
        Stage wanted = target.Length == 0
            ? dockerfile.Stages[^1]
            : dockerfile.FindStage(target, dockerfile.Stages.Count) ?? throw EngineException.InvalidParameter($"failed to reach build target {target} in Dockerfile");
        BuildPlan plan = new(dockerfile, arguments, wanted);
        plan.Need(wanted);
        plan.Count(labels);
        return plan;
    }

    private void Need(Stage stage)
    {
        if (_stages.ContainsKey(stage.Index))
        {
            return;
        }

        PlannedStage planned = AddLate(stage);
        _stages[stage.Index] = planned;
        IEnumerable<Stage?> needed = stage.Instructions.SelectMany(Sources).Select(source => FindSource(stage, source)).Prepend(planned.BaseStage);
        foreach (Stage other in needed.OfType<Stage>())
        {
            Need(other);
        }
    }

    /// <summary>A stage that only an ONBUILD trigger turns out to need; its steps have no numbers.</summary>
    public PlannedStage AddLate(Stage stage)
    {
        string baseName = BaseOf(stage);
        return new PlannedStage { Stage = stage, Base = baseName, BaseStage = _dockerfile.FindStage(baseName, stage.Index) };
    }

    /// <summary>The stage that a <c>--from</c> in another one means; null when it is an image.</summary>
    /// <exception cref="EngineException">Invalid parameter: the stage itself, or a later one.</exception>
    public Stage? FindSource(Stage stage, string source)
    {
        if (_dockerfile.FindStage(source, stage.Index) is { } earlier)
        {
            return earlier;
        }

        bool isOwn = _dockerfile.FindStage(source, stage.Index + 1) is not null;
        bool isNumber = int.TryParse(source, System.Globalization.NumberStyles.None, null, out _);
        return isOwn ? throw EngineException.InvalidParameter($"invalid from flag value {source}: refers to current build stage")
            : isNumber ? throw EngineException.InvalidParameter($"invalid from flag value {source}: invalid stage index")
            : null;
    }

    private string BaseOf(Stage stage)
    {
        try
        {
            string name = _arguments.FromWords.Expand(stage.Base);
            return name.Length > 0 ? name : throw EngineException.InvalidParameter($"base name ({stage.Base}) should not be blank");
        }
        catch (EngineException error)
        {
            throw DockerfileError.At(stage.Source, error);
        }
    }

    private static IEnumerable<string> Sources(Instruction instruction) => instruction switch
    {
        CopyInstruction { From: { } from } => [from],
        RunInstruction run => run.MountSources,
        _ => [],
    };

    private void Count(int labels)
    {
        int step = _dockerfile.GlobalArguments.Count;
        foreach (PlannedStage planned in _stages.Values)
        {
            planned.FirstStep = step + 1;
            step += 1 + planned.Stage.Instructions.Count + (planned.Stage == Target ? labels : 0);
        }

        Steps = step;
    }
}
