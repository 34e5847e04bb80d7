using System.Text;

namespace Rtd.Daemon.Builds.Dockerfiles.Words;

/// <summary>Cuts arguments into words; quotes and variables stay as they are.</summary>
internal static class WordSplitter
{
    public const string BlankCharacters = " \t\v\f\r";

    /// <summary>At blanks, wherever they stand.</summary>
    public static List<string> Blanks(string text) => [.. text.Split(BlankCharacters.ToCharArray(), StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>At blanks outside of quotes.</summary>
    public static List<string> Split(string text, char escape)
    {
        List<string> words = [];
        StringBuilder word = new();
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                Take(words, word);
                continue;
            }

            if (c == escape && quote != '\'')
            {
                if (i + 1 < text.Length)
                {
                    word.Append(c).Append(text[++i]);
                }

                continue; // an escape at the very end escapes nothing
            }

            word.Append(c);
            quote = quote == c ? '\0' : quote == '\0' && c is '"' or '\'' ? c : quote;
        }

        Take(words, word);
        return words;
    }

    public static bool HasOpenQuote(string text, char escape)
    {
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == escape && quote != '\'')
            {
                i++;
            }
            else
            {
                quote = quote == c ? '\0' : quote == '\0' && c is '"' or '\'' ? c : quote;
            }
        }

        return quote != '\0';
    }

    private static void Take(List<string> words, StringBuilder word)
    {
        if (word.Length > 0)
        {
            words.Add(word.ToString());
            word.Clear();
        }
    }
}
