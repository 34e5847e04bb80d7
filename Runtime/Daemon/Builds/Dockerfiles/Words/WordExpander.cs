using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Words;

/// <summary>Puts variables into words and takes quotes and escapes away.</summary>
/// <param name="variables">Null for one that is not set.</param>
internal sealed class WordExpander(Func<string, string?> variables, char escape = '\\')
{
    /// <exception cref="EngineException">Invalid parameter: an open quote or a substitution that cannot be.</exception>
    public string Expand(string word) => Read(word, escape, keepsQuotes: false).Text;

    /// <summary>Cuts at blanks too, also at those that come out of variables, but not at quoted ones.</summary>
    /// <exception cref="EngineException">Invalid parameter.</exception>
    public IReadOnlyList<string> ExpandWords(string text) => Read(text, escape, keepsQuotes: false).Words;

    /// <summary>Puts variables into a heredoc: quotes are content, and the escape is always a backslash.</summary>
    /// <exception cref="EngineException">Invalid parameter.</exception>
    public string ExpandDocument(string content) => Read(content, '\\', keepsQuotes: true).Text;

    private (string Text, IReadOnlyList<string> Words) Read(string text, char escapeCharacter, bool keepsQuotes)
    {
        try
        {
            return new WordReader(text, variables, escapeCharacter, keepsQuotes).ReadAll();
        }
        catch (EngineException error)
        {
            throw EngineException.InvalidParameter($"failed to process \"{text}\": {error.Message}", error);
        }
    }
}
