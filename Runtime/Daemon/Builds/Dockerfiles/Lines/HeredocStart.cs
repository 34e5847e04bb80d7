using Rtd.Daemon.Builds.Dockerfiles.Words;

namespace Rtd.Daemon.Builds.Dockerfiles.Lines;

/// <summary>A word that announces a document: <c>[fd]&lt;&lt;[-]DELIMITER</c>, the delimiter maybe quoted.</summary>
internal sealed record HeredocStart(string Name, bool Expands, bool Chomps)
{
    private static readonly WordExpander s_quotes = new(_ => null);

    /// <summary>The documents that a line announces, in order.</summary>
    public static IEnumerable<HeredocStart> FindAll(string line) => WordSplitter.Split(line, '\\').Select(Parse).OfType<HeredocStart>();

    /// <summary>Null when the word is none.</summary>
    public static HeredocStart? Parse(string word)
    {
        ReadOnlySpan<char> rest = word.AsSpan().TrimStart("0123456789");
        if (!rest.StartsWith("<<"))
        {
            return null;
        }

        rest = rest[2..];
        bool chomps = rest.StartsWith("-");
        string delimiter = rest[(chomps ? 1 : 0)..].ToString();
        if (delimiter.Length == 0 || delimiter.Contains('<') || delimiter.Contains('$') || WordSplitter.HasOpenQuote(delimiter, '\\'))
        {
            return null;
        }

        string name = s_quotes.Expand(delimiter);
        return name.Length == 0 || name.Any(char.IsWhiteSpace) ? null : new HeredocStart(name, name == delimiter, chomps);
    }
}
