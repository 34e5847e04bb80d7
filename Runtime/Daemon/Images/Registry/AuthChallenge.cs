namespace Rtd.Daemon.Images.Registry;

/// <summary>One challenge of a <c>WWW-Authenticate</c> header (RFC 9110, 11.6.1).</summary>
/// <param name="Scheme">In lower case.</param>
/// <param name="Parameters">Names in lower case.</param>
internal sealed record AuthChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>Parses a header with any number of challenges; what is behind something malformed is left out.</summary>
    public static IReadOnlyList<AuthChallenge> Parse(string header)
    {
        List<AuthChallenge> challenges = [];
        Dictionary<string, string>? parameters = null;
        int at = 0;
        while (Skip(header, ref at, " \t,"))
        {
            string word = Token(header, ref at);
            if (word.Length == 0)
            {
                break;
            }

            Skip(header, ref at, " \t");
            if (at < header.Length && header[at] == '=' && parameters is not null)
            {
                at++;
                Skip(header, ref at, " \t");
                parameters[word.ToLowerInvariant()] = Value(header, ref at);
            }
            else
            {
                parameters = [];
                challenges.Add(new AuthChallenge(word.ToLowerInvariant(), parameters));
            }
        }

        return challenges;
    }

    /// <summary>Passes over characters; false at the end of the text.</summary>
    private static bool Skip(string text, ref int at, string characters)
    {
        while (at < text.Length && characters.Contains(text[at]))
        {
            at++;
        }

        return at < text.Length;
    }

    private static string Token(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || "!#$%&'*+-.^_`|~".Contains(text[at])))
        {
            at++;
        }

        return text[start..at];
    }

    private static string Value(string text, ref int at)
    {
        if (at >= text.Length || text[at] != '"')
        {
            return Token(text, ref at);
        }

        System.Text.StringBuilder value = new();
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            at += text[at] == '\\' && at + 1 < text.Length ? 1 : 0;
            value.Append(text[at]);
        }

        at++;
        return value.ToString();
    }
}
