using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Builds.Dockerfiles.Words;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary>What COPY and ADD take, and to where.</summary>
internal sealed record FileSources
{
    /// <summary>Paths, patterns and, for ADD, addresses, in the order written.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>Files written in the Dockerfile itself.</summary>
    public required IReadOnlyList<Heredoc> Documents { get; init; }

    public required string Destination { get; init; }

    public static FileSources Parse(InstructionLine line)
    {
        List<string>? json = InstructionArguments.Json(line.Arguments);
        List<string> words = json ?? WordSplitter.Blanks(line.Arguments);
        if (words.Count < 2)
        {
            throw EngineException.InvalidParameter($"{line.Keyword} requires at least two arguments, but only one was provided. Destination could not be determined");
        }

        bool IsDocument(string word) => json is null && HeredocStart.Parse(word) is not null;
        if (IsDocument(words[^1]))
        {
            throw EngineException.InvalidParameter($"{line.Keyword} cannot accept a heredoc as a destination");
        }

        return new FileSources
        {
            Paths = words[..^1].Where(word => !IsDocument(word)).ToList(),
            Documents = line.Heredocs,
            Destination = words[^1],
        };
    }

    public FileSources Expand(WordExpander words) => new()
    {
        Paths = Paths.Select(words.Expand).ToList(),
        Documents = Documents.Select(document => document.Expands ? document with { Content = words.ExpandDocument(document.Content) } : document).ToList(),
        Destination = words.Expand(Destination),
    };
}
