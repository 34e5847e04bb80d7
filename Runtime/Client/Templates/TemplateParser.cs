using System.Globalization;
using System.Text;

namespace Rtd.Client.Templates;

/// <summary>Builds the tree of a template from its tokens.</summary>
internal sealed class TemplateParser(string source)
{
    private readonly List<Token> _tokens = new Lexer(source).Run();
    private readonly List<string> _variables = ["$"];
    private int _next;
    private int _loops;

    public List<Node> Parse()
    {
        List<Node> nodes = ParseList(out string? terminator, topLevel: true);
        return terminator is null ? nodes : throw Error($"unexpected {{{{{terminator}}}}}");
    }

    private Token Peek => _tokens[_next];

    private Token Take() => _tokens[_next++];

    private Token PeekSolid()
    {
        SkipSpace();
        return Peek;
    }

    private void SkipSpace()
    {
        while (Peek.Kind == TokenKind.Space)
        {
            _next++;
        }
    }

    /// <summary>Nodes up to {{end}} or {{else…}}, whose word is given back.</summary>
    private List<Node> ParseList(out string? terminator, bool topLevel = false)
    {
        List<Node> nodes = [];
        while (true)
        {
            Token token = Take();
            if (token.Kind == TokenKind.End)
            {
                terminator = null;
                return topLevel ? nodes : throw Error("unexpected EOF");
            }

            if (token.Kind == TokenKind.Text)
            {
                nodes.Add(new TextNode(token.Position, token.Text));
                continue;
            }

            Token word = PeekSolid();
            if (word.Kind == TokenKind.Identifier && word.Text is "end" or "else")
            {
                _next++;
                terminator = word.Text;
                return nodes;
            }

            nodes.Add(ParseAction(word));
        }
    }

    private Node ParseAction(Token word)
    {
        string keyword = word.Kind == TokenKind.Identifier ? word.Text : "";
        switch (keyword)
        {
            case "if":
                return ParseBranch(BranchKind.If);
            case "with":
                return ParseBranch(BranchKind.With);
            case "range":
                return ParseBranch(BranchKind.Range);
            case "break" or "continue":
                return ParseLoop(word);
            case "template" or "define" or "block":
                throw Error($"{{{{{keyword}}}}} is not supported in a format");
            default:
                return new ActionNode(word.Position, ParsePipeline("command", TokenKind.Close));
        }
    }

    private LoopNode ParseLoop(Token word)
    {
        _next++;
        if (_loops == 0)
        {
            throw Error($"{{{{{word.Text}}}}} outside {{{{range}}}}");
        }

        Expect(TokenKind.Close, word.Text);
        return new LoopNode(word.Position, word.Text == "break");
    }

    private BranchNode ParseBranch(BranchKind kind)
    {
        Token word = Take();
        int scope = _variables.Count;
        PipelineNode pipeline = ParsePipeline(word.Text, TokenKind.Close, kind == BranchKind.Range);
        _loops += kind == BranchKind.Range ? 1 : 0;
        List<Node> body = ParseList(out string? terminator);
        _loops -= kind == BranchKind.Range ? 1 : 0;
        List<Node> otherwise = [];
        if (terminator == "else")
        {
            otherwise = ParseElse(kind);
        }
        else
        {
            Expect(TokenKind.Close, "end");
        }

        _variables.RemoveRange(scope, _variables.Count - scope);
        return new BranchNode(word.Position, kind, pipeline, body, otherwise);
    }

    /// <summary>What follows else: "else if" and "else with" nest without an {{end}} of their own.</summary>
    private List<Node> ParseElse(BranchKind kind)
    {
        Token following = PeekSolid();
        if (following.Kind == TokenKind.Identifier && ((following.Text == "if" && kind == BranchKind.If) || (following.Text == "with" && kind == BranchKind.With)))
        {
            return [ParseBranch(kind)];
        }

        Expect(TokenKind.Close, "else");
        List<Node> otherwise = ParseList(out string? terminator);
        if (terminator != "end")
        {
            throw Error("expected end; found {{else}}");
        }

        Expect(TokenKind.Close, "end");
        return otherwise;
    }

    private PipelineNode ParsePipeline(string context, TokenKind close, bool isRange = false)
    {
        int position = PeekSolid().Position;
        bool declares = TryParseTarget(isRange, out List<string> variables);
        List<CommandNode> commands = [];
        while (true)
        {
            Token token = PeekSolid();
            if (token.Kind == close)
            {
                _next++;
                if (commands.Count == 0)
                {
                    throw Error($"missing value for {context}");
                }

                Declare(variables, declares);
                return new PipelineNode(position, variables, declares, commands);
            }

            commands.Add(ParseCommand());
            SkipSpace();
            if (Peek.Kind == TokenKind.Pipe)
            {
                _next++;
                if (PeekSolid().Kind == close)
                {
                    throw Error($"missing value for {context}");
                }
            }
            else if (Peek.Kind != close)
            {
                throw Unexpected(Peek, context);
            }
        }
    }

    private void Declare(List<string> variables, bool declares)
    {
        if (declares)
        {
            _variables.AddRange(variables);
        }
    }

    /// <summary>Reads "$x :=", "$x =" or range's "$i, $x :="; leaves everything alone when there is none.</summary>
    private bool TryParseTarget(bool isRange, out List<string> variables)
    {
        variables = [];
        int start = _next;
        while (PeekSolid().Kind == TokenKind.Variable)
        {
            variables.Add(Take().Text);
            Token token = PeekSolid();
            if (token.Kind is TokenKind.Declare or TokenKind.Assign)
            {
                _next++;
                return token.Kind == TokenKind.Declare;
            }

            if (token.Kind != TokenKind.Comma || !isRange || variables.Count == 2)
            {
                break;
            }

            _next++;
        }

        variables = [];
        _next = start;
        return false;
    }

    private CommandNode ParseCommand()
    {
        int position = PeekSolid().Position;
        List<Node> operands = [];
        while (true)
        {
            SkipSpace();
            if (Peek.Kind is TokenKind.Close or TokenKind.Pipe or TokenKind.RightParenthesis or TokenKind.End)
            {
                break;
            }

            operands.Add(ParseOperand());
            if (Peek.Kind is not (TokenKind.Space or TokenKind.Close or TokenKind.Pipe or TokenKind.RightParenthesis))
            {
                throw Unexpected(Peek, "operand");
            }
        }

        return operands.Count > 0 ? new CommandNode(position, operands) : throw Error("empty command");
    }

    private Node ParseOperand()
    {
        Token token = Take();
        switch (token.Kind)
        {
            case TokenKind.Identifier when token.Text is "true" or "false":
                return new LiteralNode(token.Position, token.Text, token.Text == "true");
            case TokenKind.Identifier when token.Text == "nil":
                return new LiteralNode(token.Position, "nil", null);
            case TokenKind.Identifier:
                return TemplateFunctions.Exists(token.Text) ? new FunctionNode(token.Position, token.Text) : throw Error($"function {CommandLine.GoQuote.Quote(token.Text)} not defined");
            case TokenKind.String:
                return new LiteralNode(token.Position, token.Text, Unquote(token.Text));
            case TokenKind.Character:
                return new LiteralNode(token.Position, token.Text, (long)Unquote("\"" + token.Text[1..^1] + "\"")[0]);
            case TokenKind.Number:
                return new LiteralNode(token.Position, token.Text, Number(token.Text));
            case TokenKind.Dot:
                return ParseFields(token.Position, null, null);
            case TokenKind.Field:
                _next--;
                return ParseFields(token.Position, null, null);
            case TokenKind.Variable:
                return _variables.Contains(token.Text) ? ParseFields(token.Position, null, token.Text) : throw Error($"undefined variable {CommandLine.GoQuote.Quote(token.Text)}");
            case TokenKind.LeftParenthesis:
                PipelineNode pipeline = ParsePipeline("parenthesized pipeline", TokenKind.RightParenthesis);
                return Peek.Kind == TokenKind.Field ? ParseFields(token.Position, pipeline, null) : pipeline;
            default:
                throw Unexpected(token, "command");
        }
    }

    private FieldNode ParseFields(int position, Node? target, string? variable)
    {
        List<string> names = [];
        while (Peek.Kind == TokenKind.Field)
        {
            Token field = Take();

            // A chain's position is that of its second field, as in Go's messages.
            position = names.Count == 1 || target is not null || variable is not null ? field.Position : position;
            names.Add(field.Text[1..]);
        }

        return new FieldNode(position, target, variable, [.. names]);
    }

    private void Expect(TokenKind kind, string context)
    {
        Token token = PeekSolid();
        _next++;
        if (token.Kind != kind)
        {
            throw Unexpected(token, context);
        }
    }

    private object Number(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
        {
            return whole;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw Error($"bad number syntax: {CommandLine.GoQuote.Quote(text)}");
    }

    private string Unquote(string literal)
    {
        if (literal[0] == '`')
        {
            return literal[1..^1];
        }

        StringBuilder text = new();
        for (int i = 1; i < literal.Length - 1; i++)
        {
            if (literal[i] != '\\')
            {
                text.Append(literal[i]);
                continue;
            }

            i += Unescape(literal, i + 1, text);
        }

        return text.ToString();
    }

    /// <summary>Appends what an escape stands for; returns how many characters after the backslash it took.</summary>
    private int Unescape(string literal, int start, StringBuilder text)
    {
        const string Letters = "abfnrtv\\'\"";
        const string Meanings = "\a\b\f\n\r\t\v\\'\"";
        int known = Letters.IndexOf(literal[start], StringComparison.Ordinal);
        if (known >= 0)
        {
            text.Append(Meanings[known]);
            return 1;
        }

        int digits = literal[start] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits == 0 || start + digits >= literal.Length || !int.TryParse(literal.AsSpan(start + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) || !Rune.IsValid(code))
        {
            throw Error($"invalid syntax in string {literal}");
        }

        text.Append(new Rune(code).ToString());
        return digits + 1;
    }

    private TemplateException Unexpected(Token token, string context) =>
        token.Kind == TokenKind.End ? Error("unexpected EOF") : Error($"unexpected {CommandLine.GoQuote.Quote(token.Text)} in {context}");

    private TemplateException Error(string message)
    {
        int position = _tokens[Math.Max(0, Math.Min(_next, _tokens.Count) - 1)].Position;
        return new TemplateException($"template: :{source.AsSpan(0, position).Count('\n') + 1}: {message}");
    }
}
