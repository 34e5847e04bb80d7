using System.Text;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Files;

/// <summary>Matches one component of a path as Go's filepath.Match does: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[^a]</c>, and backslash escapes.</summary>
internal static class SourcePattern
{
    public static bool HasWildcards(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] is '*' or '?' or '[')
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes the backslashes away.</summary>
    public static string Unescape(string text)
    {
        StringBuilder plain = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            i += text[i] == '\\' && i + 1 < text.Length ? 1 : 0;
            plain.Append(text[i]);
        }

        return plain.ToString();
    }

    /// <exception cref="EngineException">Invalid parameter: not a pattern.</exception>
    public static bool Matches(string pattern, string name)
    {
        int p = 0, n = 0, star = -1, resume = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, resume) = (p++, n);
                continue;
            }

            int next = p < pattern.Length ? MatchOne(pattern, p, name[n]) : -1;
            if (next >= 0)
            {
                p = next;
                n++;
                continue;
            }

            if (star < 0)
            {
                return false;
            }

            p = star + 1;
            n = ++resume;
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }

    /// <summary>The position behind the element that matches the character, or -1.</summary>
    private static int MatchOne(string pattern, int position, char c)
    {
        switch (pattern[position])
        {
            case '?':
                return position + 1;
            case '[':
                return MatchClass(pattern, position + 1, c);
            case '\\':
                position++;
                return position < pattern.Length ? pattern[position] == c ? position + 1 : -1 : throw Bad(pattern);
            default:
                return pattern[position] == c ? position + 1 : -1;
        }
    }

    private static int MatchClass(string pattern, int position, char c)
    {
        bool negated = position < pattern.Length && pattern[position] == '^';
        position += negated ? 1 : 0;
        bool matched = false;
        for (int count = 0; ; count++)
        {
            if (position < pattern.Length && pattern[position] == ']' && count > 0)
            {
                return matched != negated ? position + 1 : -1;
            }

            char low = ClassCharacter(pattern, ref position);
            char high = low;
            if (position < pattern.Length && pattern[position] == '-')
            {
                position++;
                high = ClassCharacter(pattern, ref position);
            }

            matched |= low <= c && c <= high;
        }
    }

    private static char ClassCharacter(string pattern, ref int position)
    {
        if (position >= pattern.Length || pattern[position] is '-' or ']')
        {
            throw Bad(pattern);
        }

        position += pattern[position] == '\\' ? 1 : 0;
        return position < pattern.Length ? pattern[position++] : throw Bad(pattern);
    }

    private static EngineException Bad(string pattern) => EngineException.InvalidParameter($"syntax error in pattern: {BytePath.Show(pattern)}");
}
