using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Builds.Dockerfiles.Words;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>ARG name[=default] …</c></summary>
internal sealed record ArgInstruction : Instruction
{
    public override string Keyword => "ARG";

    public required IReadOnlyList<(string Name, string? Default)> Arguments { get; init; }

    public static ArgInstruction Parse(InstructionLine line)
    {
        line.Flags.RefuseOthers();
        List<string> words = WordSplitter.Split(line.Arguments, line.Escape);
        InstructionArguments.RequireSome("ARG", words.Count);
        return new ArgInstruction { Source = line.Source, Arguments = words.ConvertAll(Cut) };
    }

    public override ArgInstruction Expand(WordExpander words) => this with
    {
        Arguments = Arguments.Select(argument => (words.Expand(argument.Name), argument.Default is null ? null : words.Expand(argument.Default))).ToList(),
    };

    private static (string Name, string? Default) Cut(string word)
    {
        int equals = word.IndexOf('=');
        return equals switch
        {
            0 => throw EngineException.InvalidParameter("ARG names can not be blank"),
            < 0 => (word, null),
            _ => (word[..equals], word[(equals + 1)..]),
        };
    }
}
