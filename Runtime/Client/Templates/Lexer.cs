namespace Rtd.Client.Templates;

/// <summary>Cuts a template into text and the tokens of its actions; "{{-" and "-}}" trim the white space beside them.</summary>
internal sealed class Lexer(string source)
{
    private const string Blank = " \t\r\n";

    private readonly List<Token> _tokens = [];
    private int _position;
    private bool _trimNext;

    public List<Token> Run()
    {
        while (_position < source.Length)
        {
            ReadText();
        }

        _tokens.Add(new Token(TokenKind.End, "", source.Length));
        return _tokens;
    }

    private void ReadText()
    {
        int open = source.IndexOf("{{", _position, StringComparison.Ordinal);
        int end = open < 0 ? source.Length : open;
        bool trimBefore = open >= 0 && open + 3 < source.Length && source[open + 2] == '-' && Blank.Contains(source[open + 3]);
        string text = source[_position..end];
        text = _trimNext ? text.TrimStart(Blank.ToCharArray()) : text;
        text = trimBefore ? text.TrimEnd(Blank.ToCharArray()) : text;
        if (text.Length > 0)
        {
            _tokens.Add(new Token(TokenKind.Text, text, _position));
        }

        _trimNext = false;
        _position = end;
        if (open >= 0)
        {
            _position += trimBefore ? 3 : 2;
            ReadAction(open);
        }
    }

    private void ReadAction(int open)
    {
        if (TrySkipComment())
        {
            return;
        }

        _tokens.Add(new Token(TokenKind.Open, "{{", open));
        int depth = 0;
        while (true)
        {
            if (TryClose())
            {
                return;
            }

            if (_position >= source.Length)
            {
                throw Error("unclosed action");
            }

            depth = ReadToken(depth);
        }
    }

    private bool TrySkipComment()
    {
        int start = _position;
        while (start < source.Length && Blank.Contains(source[start]))
        {
            start++;
        }

        if (string.CompareOrdinal(source, start, "/*", 0, 2) != 0)
        {
            return false;
        }

        int end = source.IndexOf("*/", start, StringComparison.Ordinal);
        _position = end < 0 ? throw Error("unclosed comment") : end + 2;
        return TryClose() ? RemoveClose() : throw Error("comment ends before closing delimiter");
    }

    private bool RemoveClose()
    {
        _tokens.RemoveAt(_tokens.Count - 1);
        return true;
    }

    private bool TryClose()
    {
        int start = _position;
        while (start < source.Length && Blank.Contains(source[start]))
        {
            start++;
        }

        if (start > _position && string.CompareOrdinal(source, start, "-}}", 0, 3) == 0)
        {
            _trimNext = true;
            _position = start + 3;
        }
        else if (string.CompareOrdinal(source, _position, "}}", 0, 2) == 0)
        {
            _position += 2;
        }
        else
        {
            return false;
        }

        _tokens.Add(new Token(TokenKind.Close, "}}", start));
        return true;
    }

    private int ReadToken(int depth)
    {
        char letter = source[_position];
        switch (letter)
        {
            case ' ' or '\t' or '\r' or '\n':
                ReadSpace();
                return depth;
            case '"':
                ReadQuoted();
                return depth;
            case '`':
                ReadRaw();
                return depth;
            case '\'':
                ReadCharacter();
                return depth;
            case '|':
                Add(TokenKind.Pipe, 1);
                return depth;
            case ',':
                Add(TokenKind.Comma, 1);
                return depth;
            case '=':
                Add(TokenKind.Assign, 1);
                return depth;
            case ':' when _position + 1 < source.Length && source[_position + 1] == '=':
                Add(TokenKind.Declare, 2);
                return depth;
            case '(':
                Add(TokenKind.LeftParenthesis, 1);
                return depth + 1;
            case ')':
                Add(TokenKind.RightParenthesis, 1);
                return depth > 0 ? depth - 1 : throw Error("unexpected right paren");
            case '.':
                ReadDot();
                return depth;
            case '$':
                Add(TokenKind.Variable, 1 + NameLength(_position + 1));
                return depth;
            default:
                ReadWord(letter);
                return depth;
        }
    }

    private void ReadSpace()
    {
        int start = _position;
        while (_position < source.Length && Blank.Contains(source[_position]))
        {
            _position++;
        }

        _tokens.Add(new Token(TokenKind.Space, " ", start));
    }

    private void ReadDot()
    {
        int length = NameLength(_position + 1);
        if (length > 0)
        {
            bool isNumber = char.IsAsciiDigit(source[_position + 1]);
            Add(isNumber ? TokenKind.Number : TokenKind.Field, 1 + length);
        }
        else
        {
            Add(TokenKind.Dot, 1);
        }
    }

    private void ReadWord(char letter)
    {
        if (char.IsAsciiDigit(letter) || letter is '-' or '+')
        {
            int end = _position + 1;
            while (end < source.Length && (char.IsAsciiLetterOrDigit(source[end]) || source[end] is '.' or '_'))
            {
                end++;
            }

            Add(TokenKind.Number, end - _position);
        }
        else if (char.IsLetter(letter) || letter == '_')
        {
            Add(TokenKind.Identifier, NameLength(_position));
        }
        else
        {
            throw Error(letter == '}' ? "bad character U+007D '}'" : $"unrecognized character in action: U+{(int)letter:X4} '{letter}'");
        }
    }

    private void ReadQuoted()
    {
        int end = _position + 1;
        while (true)
        {
            if (end >= source.Length || source[end] == '\n')
            {
                throw Error("unterminated quoted string");
            }

            if (source[end] == '"')
            {
                break;
            }

            end += source[end] == '\\' ? 2 : 1;
        }

        Add(TokenKind.String, end + 1 - _position);
    }

    private void ReadRaw()
    {
        int end = source.IndexOf('`', _position + 1);
        Add(TokenKind.String, end < 0 ? throw Error("unterminated raw quoted string") : end + 1 - _position);
    }

    private void ReadCharacter()
    {
        int end = source.IndexOf('\'', source.IndexOf("\\'", _position, StringComparison.Ordinal) == _position + 1 ? _position + 3 : _position + 1);
        Add(TokenKind.Character, end < 0 ? throw Error("unterminated character constant") : end + 1 - _position);
    }

    private int NameLength(int start)
    {
        int end = start;
        while (end < source.Length && (char.IsLetterOrDigit(source[end]) || source[end] == '_'))
        {
            end++;
        }

        return end - start;
    }

    private void Add(TokenKind kind, int length)
    {
        _tokens.Add(new Token(kind, source.Substring(_position, length), _position));
        _position += length;
    }

    private TemplateException Error(string message) => new($"template: :{Line()}: {message}");

    private int Line() => source.AsSpan(0, Math.Min(_position, source.Length)).Count('\n') + 1;
}
