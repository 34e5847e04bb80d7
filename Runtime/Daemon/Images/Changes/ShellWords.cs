using System.Text;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Images.Changes;

/// <summary>Words as Dockerfile instructions have them: quotes, backslashes, and variables of the config's environment.</summary>
internal sealed class ShellWords(IReadOnlyDictionary<string, string> variables)
{
    /// <summary>Cuts at blanks outside of quotes; quotes and variables stay as they are.</summary>
    public static List<string> Split(string text)
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

            word.Append(c);
            if (c == '\\' && quote != '\'' && i + 1 < text.Length)
            {
                word.Append(text[++i]);
            }
            else if (quote == '\0' && c is '"' or '\'')
            {
                quote = c;
            }
            else if (c == quote)
            {
                quote = '\0';
            }
        }

        Take(words, word);
        return words;
    }

    /// <summary>Takes quotes and backslashes away and puts variables in.</summary>
    public string Expand(string word)
    {
        StringBuilder result = new();
        char quote = '\0';
        for (int i = 0; i < word.Length; i++)
        {
            char c = word[i];
            if (quote == '\'')
            {
                Quoted(result, c, ref quote);
            }
            else if (c == '\\' && i + 1 < word.Length)
            {
                char next = word[++i];
                result.Append(quote == '"' && next is not ('"' or '\\' or '$') ? "\\" : "").Append(next);
            }
            else if (c == '$')
            {
                i = Variable(word, i, result);
            }
            else if (c is '"' || (c is '\'' && quote == '\0'))
            {
                quote = quote == '\0' ? c : '\0';
            }
            else
            {
                result.Append(c);
            }
        }

        return quote == '\0' ? result.ToString() : throw EngineException.InvalidParameter($"unexpected end of statement while looking for matching quote: {word}");
    }

    private static void Take(List<string> words, StringBuilder word)
    {
        if (word.Length > 0)
        {
            words.Add(word.ToString());
            word.Clear();
        }
    }

    private static void Quoted(StringBuilder result, char c, ref char quote)
    {
        if (c == '\'')
        {
            quote = '\0';
        }
        else
        {
            result.Append(c);
        }
    }

    /// <summary><c>$NAME</c>, <c>${NAME}</c>, <c>${NAME:-else}</c>, <c>${NAME:+then}</c>; returns the index of its last character.</summary>
    private int Variable(string word, int start, StringBuilder result)
    {
        if (start + 1 < word.Length && word[start + 1] == '{')
        {
            int close = word.IndexOf('}', start);
            if (close < 0)
            {
                throw EngineException.InvalidParameter($"syntax error: missing '}}' in {word}");
            }

            result.Append(Braced(word[(start + 2)..close]));
            return close;
        }

        int end = start + 1;
        while (end < word.Length && (char.IsAsciiLetterOrDigit(word[end]) || word[end] == '_'))
        {
            end++;
        }

        result.Append(end == start + 1 ? "$" : Value(word[(start + 1)..end]));
        return end - 1;
    }

    private string Braced(string expression)
    {
        int colon = expression.IndexOf(':');
        if (colon < 0)
        {
            return Value(expression);
        }

        string value = Value(expression[..colon]);
        return expression.AsSpan(colon) switch
        {
            [':', '-', ..] => value.Length > 0 ? value : expression[(colon + 2)..],
            [':', '+', ..] => value.Length > 0 ? expression[(colon + 2)..] : "",
            _ => throw EngineException.InvalidParameter($"unsupported modifier in substitution: ${{{expression}}}"),
        };
    }

    private string Value(string name) => variables.TryGetValue(name, out string? value) ? value : "";
}
