namespace Rtd.Protocol.Patterns;

/// <summary>A pattern of paths: <c>*</c> and <c>?</c> match within a part, <c>**</c> any number of parts, <c>[a-z]</c> and <c>[^a]</c> one of a class; a backslash takes a character's meaning away.</summary>
/// <remarks>All ways to match are followed at once: no pattern takes longer than its length times the path's.</remarks>
internal sealed class PathPattern
{
    private readonly List<Element> _elements = [];

    private PathPattern(string text) => Text = text;

    private enum Kind
    {
        Literal,
        Class,

        /// <summary><c>?</c></summary>
        AnyOne,

        /// <summary><c>*</c></summary>
        AnyInPart,

        /// <summary><c>**</c> at the end.</summary>
        Anything,

        /// <summary><c>**/</c>: nothing, or parts with a slash behind each. It begins here, …</summary>
        PartsStart,

        /// <summary>… and is inside a part here.</summary>
        PartsInside,
    }

    public string Text { get; }

    /// <summary>Whether it can match only its own text.</summary>
    public bool IsLiteral { get; private set; }

    /// <exception cref="FormatException">It is no pattern; the message is Go's.</exception>
    public static PathPattern Parse(string text)
    {
        PathPattern pattern = new(text);
        for (int i = 0; i < text.Length;)
        {
            pattern.Add(text, ref i);
        }

        pattern.IsLiteral = pattern._elements.TrueForAll(element => element.Kind == Kind.Literal) && pattern._elements.Count == text.Length;
        return pattern;
    }

    /// <summary>Whether the whole path matches.</summary>
    public bool Matches(ReadOnlySpan<char> path)
    {
        if (IsLiteral)
        {
            return path.SequenceEqual(Text);
        }

        const int OnStack = 256;
        int count = _elements.Count;
        Span<bool> at = count < OnStack ? stackalloc bool[OnStack] : new bool[count + 1];
        at = at[..(count + 1)];
        at.Clear();
        at[0] = true; // the elements that may be next
        PassEmpty(at);
        foreach (char c in path)
        {
            if (!Step(at, c))
            {
                return false;
            }
        }

        return at[count];
    }

    private void Add(string text, ref int i)
    {
        switch (text[i])
        {
            case '*' when i + 1 < text.Length && text[i + 1] == '*':
                AddParts(text, ref i);
                break;
            case '*':
                i++;
                _elements.Add(new Element(Kind.AnyInPart));
                break;
            case '?':
                i++;
                _elements.Add(new Element(Kind.AnyOne));
                break;
            case '[':
                i++;
                _elements.Add(ReadClass(text, ref i));
                break;
            default:
                _elements.Add(new Element(Kind.Literal, Character(text, ref i)));
                break;
        }
    }

    private void AddParts(string text, ref int i)
    {
        while (i < text.Length && text[i] == '*')
        {
            i++;
        }

        if (i == text.Length)
        {
            _elements.Add(new Element(Kind.Anything));
            return;
        }

        i += text[i] == '/' ? 1 : 0;
        if (i == text.Length)
        {
            _elements.Add(new Element(Kind.Anything));
            return;
        }

        _elements.Add(new Element(Kind.PartsStart));
        _elements.Add(new Element(Kind.PartsInside));
    }

    private static Element ReadClass(string text, ref int i)
    {
        bool isNegated = i < text.Length && text[i] == '^';
        i += isNegated ? 1 : 0;
        List<(char First, char Last)> ranges = [];
        while (i < text.Length && (text[i] != ']' || ranges.Count == 0))
        {
            if (text[i] is '-' or ']')
            {
                throw Bad();
            }

            char first = Character(text, ref i);
            char last = first;
            if (i < text.Length && text[i] == '-')
            {
                i++;
                last = i < text.Length && text[i] is not ('-' or ']') ? Character(text, ref i) : throw Bad();
            }

            ranges.Add((first, last));
        }

        return i++ < text.Length ? new Element(Kind.Class, Ranges: [.. ranges], IsNegated: isNegated) : throw Bad();
    }

    private static char Character(string text, ref int i)
    {
        i += text[i] == '\\' ? 1 : 0;
        return i < text.Length ? text[i++] : throw Bad();
    }

    private static FormatException Bad() => new("syntax error in pattern");

    /// <summary>Goes past one character; false when nothing can match any more.</summary>
    private bool Step(Span<bool> at, char c)
    {
        at[^1] = false;
        bool isAlive = false;
        for (int i = _elements.Count - 1; i >= 0; i--)
        {
            if (!at[i])
            {
                continue;
            }

            (bool stays, bool passes) = _elements[i].Take(c);
            at[i] = stays;
            at[i + 1] |= passes;
            isAlive |= stays || passes;
        }

        PassEmpty(at);
        return isAlive;
    }

    /// <summary>Goes past the elements that need no character.</summary>
    private void PassEmpty(Span<bool> at)
    {
        for (int i = 0; i < _elements.Count; i++)
        {
            if (at[i] && _elements[i].Kind is Kind.AnyInPart or Kind.Anything)
            {
                at[i + 1] = true;
            }
            else if (at[i] && _elements[i].Kind == Kind.PartsStart)
            {
                at[i + 1] = true;
                at[i + 2] = true;
            }
        }
    }

    private readonly record struct Element(Kind Kind, char Literal = '\0', (char First, char Last)[]? Ranges = null, bool IsNegated = false)
    {
        /// <summary>Whether, after a character, it may take more, and whether the next may be tried.</summary>
        public (bool Stays, bool Passes) Take(char c) => Kind switch
        {
            Kind.Literal => (false, c == Literal),
            Kind.AnyOne => (false, c != '/'),
            Kind.AnyInPart => (c != '/', false),
            Kind.Anything => (true, false),
            Kind.PartsStart => (false, false),
            Kind.PartsInside => (true, c == '/'),
            _ => (false, c != '/' && Array.Exists(Ranges!, range => range.First <= c && c <= range.Last) != IsNegated),
        };
    }
}
