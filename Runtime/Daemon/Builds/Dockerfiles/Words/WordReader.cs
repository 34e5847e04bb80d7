using System.Text;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Words;

/// <summary>One reading of a text by <see cref="WordExpander"/>.</summary>
internal sealed class WordReader(string text, Func<string, string?> variables, char escape, bool keepsQuotes)
{
    private const char End = '\0';

    // Each ${…} inside another is a call inside another; nobody nests this deep by hand.
    private const int MaximumDepth = 100;

    private const string SpecialParameters = "@*#?-$!";

    private int _position;
    private int _depth;

    public (string Text, IReadOnlyList<string> Words) ReadAll()
    {
        WordCollector words = new();
        return (ReadUntil(End, keepsEscapes: false, words), words.Finish());
    }

    /// <param name="stop">Is taken too; <see cref="End"/> for the end of the text.</param>
    /// <param name="keepsEscapes">For patterns, which know escapes themselves.</param>
    private string ReadUntil(char stop, bool keepsEscapes, WordCollector? words = null)
    {
        StringBuilder result = new();
        while (_position < text.Length)
        {
            char c = text[_position];
            if (stop != End && c == stop)
            {
                _position++;
                return result.ToString();
            }

            switch (c)
            {
                case '$':
                    string value = ReadVariable();
                    result.Append(value);
                    words?.AddExpanded(value);
                    break;
                case '"' or '\'' when !keepsQuotes:
                    string quoted = c == '"' ? ReadDoubleQuoted(keepsEscapes) : ReadSingleQuoted();
                    result.Append(quoted);
                    words?.AddWhole(quoted);
                    break;
                case var _ when c == escape:
                    ReadEscaped(result, keepsEscapes, words);
                    break;
                default:
                    _position++;
                    result.Append(c);
                    words?.Add(c);
                    break;
            }
        }

        return stop == End ? result.ToString() : throw Error($"unexpected end of statement while looking for matching {stop}");
    }

    private void ReadEscaped(StringBuilder result, bool keepsEscapes, WordCollector? words)
    {
        _position++;
        if (keepsEscapes)
        {
            result.Append(escape);
        }

        if (_position < text.Length) // at the very end it escapes nothing
        {
            result.Append(text[_position]);
            words?.AddWhole(text[_position].ToString());
            _position++;
        }
    }

    private string ReadSingleQuoted()
    {
        int close = text.IndexOf('\'', _position + 1);
        if (close < 0)
        {
            throw Error("unexpected end of statement while looking for matching single-quote");
        }

        string quoted = text[(_position + 1)..close];
        _position = close + 1;
        return quoted;
    }

    /// <summary>As in a shell, the escape is one only before what means something here.</summary>
    private string ReadDoubleQuoted(bool keepsEscapes)
    {
        StringBuilder result = new();
        for (_position++; _position < text.Length;)
        {
            char c = text[_position];
            if (c == '"')
            {
                _position++;
                return result.ToString();
            }

            if (c == '$')
            {
                result.Append(ReadVariable());
                continue;
            }

            _position++;
            if (c == escape && _position < text.Length && (text[_position] is '"' or '$' || text[_position] == escape))
            {
                result.Append(keepsEscapes ? escape.ToString() : "").Append(text[_position++]);
            }
            else
            {
                result.Append(c);
            }
        }

        throw Error("unexpected end of statement while looking for matching double-quote");
    }

    private string ReadVariable()
    {
        _position++;
        if (_position < text.Length && text[_position] == '{')
        {
            _position++;
            _depth++;
            string value = _depth <= MaximumDepth ? ReadSubstitution() : throw Error("substitutions are nested too deeply");
            _depth--;
            return value;
        }

        string name = ReadName();
        return name.Length == 0 ? "$" : variables(name) ?? "";
    }

    /// <summary>What stands between <c>${</c> and <c>}</c>.</summary>
    private string ReadSubstitution()
    {
        switch (Peek())
        {
            case End:
                throw Error("syntax error: missing '}'");
            case '{' or '}' or ':':
                throw Error("syntax error: bad substitution");
        }

        string name = ReadName();
        string? value = variables(name);
        char modifier = Take();
        switch (modifier)
        {
            case End:
                throw Error("syntax error: missing '}'");
            case '}':
                return value ?? "";
            case ':':
                return ReadAlternative(name, value is { Length: 0 } ? null : value, value is not null, ":" + Take());
            case '-' or '+' or '?':
                return ReadAlternative(name, value, value is not null, modifier.ToString());
            case '#' or '%':
                return ReadTrim(modifier, value ?? "");
            case '/':
                return ReadReplacement(value ?? "");
            default:
                throw Error($"unsupported modifier ({modifier}) in substitution");
        }
    }

    /// <param name="value">Null when it counts as missing.</param>
    /// <param name="modifier">As written; the last character says what to do.</param>
    private string ReadAlternative(string name, string? value, bool isSet, string modifier)
    {
        string word = ReadWord(keepsEscapes: false);
        return modifier[^1] switch
        {
            '-' => value ?? word,
            '+' => value is null ? "" : word,
            '?' => value ?? throw Error($"{name}: {(word.Length > 0 ? word : isSet ? "is not allowed to be empty" : "is not allowed to be unset")}"),
            _ => throw Error($"unsupported modifier ({modifier.TrimEnd(End)}) in substitution"),
        };
    }

    /// <summary>One sign takes the shortest match away, two the longest.</summary>
    private string ReadTrim(char sign, string value)
    {
        string pattern = ReadWord(keepsEscapes: true);
        bool longest = pattern.StartsWith(sign);
        ShellPattern shell = ShellPattern.Parse(longest ? pattern[1..] : pattern);
        return sign == '#' ? shell.TrimStart(value, longest) : shell.TrimEnd(value, longest);
    }

    private string ReadReplacement(string value)
    {
        bool all = Peek() == '/';
        _position += all ? 1 : 0;
        string pattern;
        try
        {
            pattern = ReadUntil('/', keepsEscapes: true);
        }
        catch (EngineException) when (_position >= text.Length)
        {
            throw Error("syntax error: missing '/' in ${}");
        }

        string replacement = ReadWord(keepsEscapes: false);
        return ShellPattern.Parse(pattern).Replace(value, replacement, all);
    }

    private string ReadWord(bool keepsEscapes)
    {
        try
        {
            return ReadUntil('}', keepsEscapes);
        }
        catch (EngineException) when (_position >= text.Length)
        {
            throw Error("syntax error: missing '}'");
        }
    }

    private string ReadName()
    {
        int start = _position;
        if (start < text.Length && SpecialParameters.Contains(text[start]))
        {
            _position++;
        }
        else if (start < text.Length && char.IsAsciiDigit(text[start]))
        {
            Skip(char.IsAsciiDigit);
        }
        else
        {
            Skip(c => char.IsLetterOrDigit(c) || c == '_');
        }

        return text[start.._position];
    }

    private void Skip(Func<char, bool> belongs)
    {
        while (_position < text.Length && belongs(text[_position]))
        {
            _position++;
        }
    }

    private char Peek() => _position < text.Length ? text[_position] : End;

    private char Take() => _position < text.Length ? text[_position++] : End;

    private static EngineException Error(string message) => EngineException.InvalidParameter(message);
}
