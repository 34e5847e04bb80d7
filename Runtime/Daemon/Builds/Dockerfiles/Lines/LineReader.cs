using System.Text;
using Rtd.Daemon.Builds.Dockerfiles.Words;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Lines;

/// <summary>Makes instruction lines of a text: directives, comments, continuation lines, flags, heredocs.</summary>
internal sealed class LineReader
{
    private const string Blanks = " \t\v\f\r";

    private readonly string[] _lines;
    private readonly ParserDirectives _directives = new();
    private readonly List<string> _warnings = [];
    private int _next;

    private LineReader(string text)
    {
        string[] lines = text.TrimStart('\uFEFF').Split('\n');
        _lines = lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    /// <summary>Reads a whole Dockerfile.</summary>
    /// <exception cref="EngineException">Invalid parameter; names the line.</exception>
    public static (List<InstructionLine> Lines, ParserDirectives Directives, List<string> Warnings) ReadFile(string text)
    {
        LineReader reader = new(text);
        List<InstructionLine> lines = reader.ReadAll();
        if (reader._warnings.Count > 0)
        {
            reader._warnings.Add("[WARNING]: Empty continuation lines will become errors in a future release.");
        }

        return (lines, reader._directives, reader._warnings);
    }

    /// <summary>Reads instructions that are not in a file, such as those of <c>commit --change</c>: there are no directives.</summary>
    /// <exception cref="EngineException">Invalid parameter.</exception>
    public static List<InstructionLine> ReadFragment(string text)
    {
        LineReader reader = new(text);
        reader._directives.End();
        return reader.ReadAll();
    }

    private List<InstructionLine> ReadAll()
    {
        List<InstructionLine> lines = [];
        while (_next < _lines.Length)
        {
            int number = _next + 1;
            string first = _lines[_next++].Trim();
            try
            {
                _directives.Offer(first);
                if (first.Length > 0 && first[0] != '#' && Join(first) is { } joined && joined.Trim().Length > 0)
                {
                    lines.Add(Read(new SourceLine(number, joined.Trim())));
                }
            }
            catch (EngineException error)
            {
                throw DockerfileError.At(new SourceLine(number, first), error);
            }
        }

        return lines;
    }

    /// <summary>Appends the lines that follow an escape at the end; comments between them do not count.</summary>
    private string Join(string first)
    {
        StringBuilder joined = new();
        bool continues = TakeContinuation(first, joined);
        bool hasEmpty = false;
        while (continues && _next < _lines.Length)
        {
            string line = _lines[_next++].TrimEnd('\r');
            string content = line.TrimStart();
            if (content.StartsWith('#'))
            {
                continue;
            }

            hasEmpty |= content.Length == 0;
            continues = content.Length == 0 || TakeContinuation(line, joined);
        }

        if (hasEmpty)
        {
            _warnings.Add($"[WARNING]: Empty continuation line found in:\n    {joined}");
        }

        return joined.ToString();
    }

    /// <summary>An escape that is itself escaped continues nothing.</summary>
    private bool TakeContinuation(string line, StringBuilder joined)
    {
        ReadOnlySpan<char> text = line.AsSpan().TrimEnd(" \t");
        bool continues = text.Length > 0 && text[^1] == _directives.Escape && (text.Length == 1 || text[^2] != _directives.Escape);
        joined.Append(continues ? text[..^1] : line);
        return continues;
    }

    private InstructionLine Read(SourceLine source)
    {
        int blank = source.Text.AsSpan().IndexOfAny(Blanks);
        string keyword = blank < 0 ? source.Text : source.Text[..blank];
        string rest = blank < 0 ? "" : source.Text[blank..].TrimStart();
        List<string> flags = FlagWords.Take(ref rest, _directives.Escape);
        InstructionLine line = new()
        {
            Keyword = keyword.ToUpperInvariant(),
            Flags = new InstructionFlags(flags),
            Arguments = rest,
            Escape = _directives.Escape,
            Source = source,
        };
        return CanHaveDocuments(line.Keyword, rest) ? line with { Heredocs = HeredocStart.FindAll(rest).Select(Document).ToList() } : line;
    }

    private bool CanHaveDocuments(string keyword, string arguments)
    {
        if (keyword == "ONBUILD")
        {
            int blank = arguments.AsSpan().IndexOfAny(Blanks);
            return blank > 0 && arguments[..blank].ToUpperInvariant() is not "ONBUILD" and var inner && CanHaveDocuments(inner, arguments[blank..].TrimStart());
        }

        string rest = arguments;
        FlagWords.Take(ref rest, _directives.Escape);
        return keyword is "RUN" or "COPY" or "ADD" && !IsJson(rest);
    }

    private static bool IsJson(string arguments) => Instructions.InstructionArguments.Json(arguments) is not null;

    private Heredoc Document(HeredocStart start)
    {
        StringBuilder content = new();
        while (_next < _lines.Length)
        {
            string line = _lines[_next++];
            string candidate = line.TrimEnd('\r');
            if ((start.Chomps ? candidate.TrimStart('\t') : candidate) == start.Name)
            {
                return new Heredoc(start.Name, content.ToString(), start.Expands, start.Chomps);
            }

            content.Append(line).Append('\n');
        }

        throw EngineException.InvalidParameter("unterminated heredoc");
    }
}
