using System.Text;

namespace Rtd.Daemon.Builds.Dockerfiles.Lines;

/// <summary>Cuts the words that begin with two dashes off the front of an instruction's arguments.</summary>
internal static class FlagWords
{
    /// <param name="rest">The arguments; what is left of them afterwards.</param>
    /// <returns>Without quotes and escapes.</returns>
    public static List<string> Take(ref string rest, char escape)
    {
        List<string> words = [];
        while (rest.StartsWith("--", StringComparison.Ordinal))
        {
            string word = TakeWord(ref rest, escape);
            if (word == "--")
            {
                break;
            }

            words.Add(word);
        }

        return words;
    }

    private static string TakeWord(ref string rest, char escape)
    {
        StringBuilder word = new();
        char quote = '\0';
        int i = 0;
        for (; i < rest.Length && (quote != '\0' || !char.IsWhiteSpace(rest[i])); i++)
        {
            char c = rest[i];
            if (c == escape && quote != '\'' && i + 1 < rest.Length)
            {
                word.Append(rest[++i]);
            }
            else if (c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is '"' or '\'')
            {
                quote = c;
            }
            else
            {
                word.Append(c);
            }
        }

        rest = rest[i..].TrimStart();
        return word.ToString();
    }
}
