namespace Rtd.Daemon.Images.Listing;

/// <summary>Go's <c>path.Match</c>, with which Docker's reference filter works: *, ? and [a-z] do not cross a slash.</summary>
internal static class NamePattern
{
    /// <summary>True when the pattern fits the name with tag or digest, or the name alone.</summary>
    public static bool Matches(string pattern, ImageReference reference) =>
        IsMatch(pattern, reference.Familiar) || IsMatch(pattern, reference.FamiliarName);

    internal static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        while (!pattern.IsEmpty)
        {
            if (pattern[0] == '*')
            {
                return MatchesRest(pattern[1..], text);
            }

            if (text.IsEmpty || !MatchesOne(ref pattern, text[0]))
            {
                return false;
            }

            text = text[1..];
        }

        return text.IsEmpty;
    }

    private static bool MatchesRest(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        for (int taken = 0; taken <= text.Length; taken++)
        {
            if (IsMatch(pattern, text[taken..]))
            {
                return true;
            }

            if (taken < text.Length && text[taken] == '/')
            {
                return false;
            }
        }

        return false;
    }

    private static bool MatchesOne(ref ReadOnlySpan<char> pattern, char c)
    {
        char p = pattern[0];
        if (p == '[' && pattern.IndexOf(']') is > 1 and int close)
        {
            ReadOnlySpan<char> set = pattern[1..close];
            pattern = pattern[(close + 1)..];
            bool negated = set[0] == '^';
            return IsIn(negated ? set[1..] : set, c) != negated;
        }

        if (p == '\\' && pattern.Length > 1)
        {
            p = pattern[1];
            pattern = pattern[2..];
            return p == c;
        }

        pattern = pattern[1..];
        return p == '?' ? c != '/' : p == c;
    }

    private static bool IsIn(ReadOnlySpan<char> set, char c)
    {
        for (int i = 0; i < set.Length; i++)
        {
            bool isRange = i + 2 < set.Length && set[i + 1] == '-';
            if (isRange ? c >= set[i] && c <= set[i + 2] : c == set[i])
            {
                return true;
            }

            i += isRange ? 2 : 0;
        }

        return false;
    }
}
