using System.Text.RegularExpressions;
using Rtd.Daemon.Builds.Dockerfiles.Instructions;
using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Builds.Dockerfiles.Words;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles;

/// <summary>A Dockerfile, read and checked as far as it can be without knowing variables.</summary>
internal sealed partial class Dockerfile
{
    private Dockerfile(IReadOnlyList<Stage> stages, IReadOnlyList<ArgInstruction> globalArguments, char escape, IReadOnlyList<string> warnings)
    {
        Stages = stages;
        GlobalArguments = globalArguments;
        Escape = escape;
        Warnings = warnings;
    }

    /// <summary>At least one.</summary>
    public IReadOnlyList<Stage> Stages { get; }

    /// <summary>The ARGs before the first FROM; each counts as a step.</summary>
    public IReadOnlyList<ArgInstruction> GlobalArguments { get; }

    public char Escape { get; }

    /// <summary>Lines for the build's output.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <param name="name">What errors call it.</param>
    /// <exception cref="EngineException">Invalid parameter; names the line and shows it.</exception>
    public static Dockerfile Parse(string text, string name = "Dockerfile")
    {
        if (text.Length == 0)
        {
            throw EngineException.InvalidParameter($"the Dockerfile ({name}) cannot be empty");
        }

        (List<InstructionLine> lines, ParserDirectives directives, List<string> warnings) = LineReader.ReadFile(text);
        if (lines.Count == 0)
        {
            throw EngineException.InvalidParameter($"failed to parse {name}: file with no instructions");
        }

        if (directives.Syntax is { } syntax)
        {
            warnings.Insert(0, $"[Warning] the syntax directive \"{syntax}\" is ignored: this builder reads the language itself");
        }

        List<ArgInstruction> arguments = [];
        List<Stage> stages = [];
        List<Instruction> instructions = [];
        foreach (InstructionLine line in lines)
        {
            try
            {
                if (line.Keyword == "FROM")
                {
                    instructions = [];
                    stages.Add(From(line, stages.Count, instructions));
                    continue;
                }

                Instruction instruction = InstructionParser.Parse(line);
                if (stages.Count > 0)
                {
                    instructions.Add(instruction);
                }
                else
                {
                    arguments.Add(instruction as ArgInstruction ?? throw EngineException.InvalidParameter("no build stage in current context"));
                }
            }
            catch (EngineException error)
            {
                throw DockerfileError.At(line.Source, error);
            }
        }

        return stages.Count > 0
            ? new Dockerfile(stages, arguments, directives.Escape, warnings)
            : throw EngineException.InvalidParameter("dockerfile contains no stages to build");
    }

    /// <summary>Reads what an image's OnBuild holds.</summary>
    /// <exception cref="EngineException">Invalid parameter.</exception>
    public static Instruction ParseTrigger(string text) => LineReader.ReadFragment(text) switch
    {
        [{ Keyword: "ONBUILD" }] => throw EngineException.InvalidParameter("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"),
        [{ Keyword: "MAINTAINER" or "FROM" } line] => throw EngineException.InvalidParameter($"{line.Keyword} isn't allowed as an ONBUILD trigger"),
        [var line] => InstructionParser.Parse(line),
        _ => throw EngineException.InvalidParameter("onbuild trigger should be a single expression"),
    };

    /// <summary>The stage that COPY --from, FROM, a mount or a target means: a name, or a number.</summary>
    /// <param name="before">Only stages with a lower index count; <see cref="Stages"/>' count for all.</param>
    /// <returns>Null when there is none, so that it may be an image.</returns>
    public Stage? FindStage(string reference, int before)
    {
        // The later of two with one name hides the earlier.
        Stage? named = Stages.Take(before).LastOrDefault(stage => string.Equals(stage.Name, reference, StringComparison.OrdinalIgnoreCase));
        return named ?? (int.TryParse(reference, System.Globalization.NumberStyles.None, null, out int index) && index < before ? Stages[index] : null);
    }

    private static Stage From(InstructionLine line, int index, List<Instruction> instructions)
    {
        string? platform = line.Flags.Text("platform");
        line.Flags.RefuseOthers();
        List<string> words = WordSplitter.Blanks(line.Arguments);
        bool isNamed = words.Count == 3 && words[1].Equals("AS", StringComparison.OrdinalIgnoreCase);
        if (words.Count != 1 && !isNamed)
        {
            throw EngineException.InvalidParameter("FROM requires either one or three arguments");
        }

        string? name = isNamed ? words[2].ToLowerInvariant() : null;
        return name is null || StageName().IsMatch(name)
            ? new Stage { Index = index, Base = words[0], Name = name, Platform = platform, Source = line.Source, Instructions = instructions }
            : throw EngineException.InvalidParameter($"invalid name for build stage: \"{words[2]}\", name can't start with a number or contain symbols");
    }

    [GeneratedRegex("^[a-z][a-z0-9-_.]*\\z")]
    private static partial Regex StageName();
}
