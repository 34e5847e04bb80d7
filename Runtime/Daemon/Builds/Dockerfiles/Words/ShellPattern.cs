using System.Text;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Words;

/// <summary>The patterns of <c>${x#p}</c>, <c>${x%p}</c> and <c>${x/p/r}</c>: <c>*</c>, <c>?</c>, escapes with a backslash.</summary>
internal sealed class ShellPattern
{
    private readonly List<(PatternKind Kind, char Literal)> _elements = [];

    private ShellPattern()
    {
    }

    private enum PatternKind
    {
        Literal,
        AnyOne,
        AnyNumber,
    }

    /// <exception cref="EngineException">Invalid parameter: an escape before what needs none.</exception>
    public static ShellPattern Parse(string text)
    {
        ShellPattern pattern = new();
        for (int i = 0; i < text.Length; i++)
        {
            pattern._elements.Add(text[i] switch
            {
                '*' => (PatternKind.AnyNumber, '*'),
                '?' => (PatternKind.AnyOne, '?'),
                '\\' when i + 1 < text.Length => text[++i] is '*' or '?' or '\\' or '}' or '/'
                    ? (PatternKind.Literal, text[i])
                    : throw EngineException.InvalidParameter($"invalid pattern ({text}) in substitution: invalid escape '\\{text[i]}'"),
                char c => (PatternKind.Literal, c),
            });
        }

        return pattern;
    }

    public string TrimStart(string value, bool longest)
    {
        int end = MatchEnd(value, 0, longest);
        return end < 0 ? value : value[end..];
    }

    public string TrimEnd(string value, bool longest)
    {
        // The shortest match begins last, so look from the end for it, and from the beginning for the longest.
        for (int i = 0; i <= value.Length; i++)
        {
            int start = longest ? i : value.Length - i;
            if (MatchEnd(value, start, longest: true) == value.Length)
            {
                return value[..start];
            }
        }

        return value;
    }

    /// <summary>The first match from the left, each as long as it can be, or all of them.</summary>
    public string Replace(string value, string replacement, bool all)
    {
        StringBuilder result = new();
        int position = 0;
        while (position < value.Length)
        {
            int end = MatchEnd(value, position, longest: true);
            if (end <= position)
            {
                result.Append(value[position++]);
                continue;
            }

            result.Append(replacement);
            position = end;
            if (!all)
            {
                break;
            }
        }

        return result.Append(value, position, value.Length - position).ToString();
    }

    /// <summary>Where a match that begins at <paramref name="start"/> ends; -1 for none. Follows all ways at once, so no pattern takes longer than value times pattern.</summary>
    private int MatchEnd(string value, int start, bool longest)
    {
        bool[] at = new bool[_elements.Count + 1]; // which elements may be next
        at[0] = true;
        PassStars(at);
        int end = at[^1] ? start : -1;
        for (int i = start; i < value.Length && (longest || end < 0) && Array.IndexOf(at, true) >= 0; i++)
        {
            at[^1] = false;
            for (int element = _elements.Count - 1; element >= 0; element--)
            {
                (PatternKind kind, char literal) = _elements[element];
                bool taken = at[element] && (kind != PatternKind.Literal || literal == value[i]);
                at[element + 1] |= taken && kind != PatternKind.AnyNumber;
                at[element] = taken && kind == PatternKind.AnyNumber;
            }

            PassStars(at);
            end = at[^1] ? i + 1 : end;
        }

        return end;
    }

    private void PassStars(bool[] at)
    {
        for (int element = 0; element < _elements.Count; element++)
        {
            at[element + 1] |= at[element] && _elements[element].Kind == PatternKind.AnyNumber;
        }
    }
}
