using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Builds.Dockerfiles.Mounts;
using Rtd.Daemon.Builds.Dockerfiles.Words;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>RUN [--mount=…] [--network=…] command</c>; variables of the command are left to the shell.</summary>
internal sealed record RunInstruction : Instruction
{
    private IReadOnlyList<string> _mountTexts = [];

    public override string Keyword => "RUN";

    /// <summary>The command, with its heredocs put back for the shell to read; of <see cref="ScriptFile"/> it is the words as written.</summary>
    public required CommandLine Command { get; init; }

    /// <summary>A single heredoc that begins with <c>#!</c>: a file to be executed as <c>/dev/pipes/NAME</c> (mode 0755) instead of the command.</summary>
    public Heredoc? ScriptFile { get; init; }

    /// <summary>Empty until <see cref="Expand"/>, since variables decide what they are.</summary>
    public IReadOnlyList<RunMount> Mounts { get; init; } = [];

    public RunNetwork Network { get; init; }

    /// <summary>The stages and images that its mounts are of: known before any variable is.</summary>
    public IEnumerable<string> MountSources => _mountTexts.Select(RunMountParser.SourceOf).OfType<string>();

    public static RunInstruction Parse(InstructionLine line)
    {
        List<string> mounts = line.Flags.Texts("mount");
        RunNetwork network = ParseNetwork(line.Flags.Text("network"));
        string? security = line.Flags.Text("security");
        line.Flags.RefuseOthers();
        if (security is not (null or "sandbox"))
        {
            throw EngineException.InvalidParameter(security == "insecure" ? "security.insecure is not allowed" : $"security \"{security}\" is not valid");
        }

        mounts.ForEach(RunMountParser.RefuseVariableSource);
        CommandLine command = InstructionArguments.Command(line.Arguments);
        InstructionArguments.RequireSome("RUN", command.Words.Count);
        bool isOneDocument = command.IsShellForm && line.Heredocs.Count == 1 && HeredocStart.Parse(line.Arguments) is not null;
        return new RunInstruction
        {
            Source = line.Source,
            Command = line.Heredocs.Count == 0 ? command : new CommandLine(true, [isOneDocument ? line.Heredocs[0].Body : WithDocuments(line)]),
            ScriptFile = isOneDocument && line.Heredocs[0].Content.StartsWith("#!", StringComparison.Ordinal) ? line.Heredocs[0] : null,
            Network = network,
            _mountTexts = mounts,
        };
    }

    public override RunInstruction Expand(WordExpander words) => this with { Mounts = _mountTexts.Select(text => RunMountParser.Parse(text, words)).ToList() };

    private static string WithDocuments(InstructionLine line) =>
        line.Arguments + string.Concat(line.Heredocs.Select(document => $"\n{document.Content}{document.Name}"));

    private static RunNetwork ParseNetwork(string? text) => text switch
    {
        null or "default" => RunNetwork.Default,
        "none" => RunNetwork.None,
        "host" => RunNetwork.Host,
        _ => throw EngineException.InvalidParameter($"invalid network mode \"{text}\""),
    };
}
