namespace Rtd.Client.Templates;

internal enum TokenKind
{
    Text,
    Open,
    Close,
    Field,
    Variable,
    Identifier,
    Dot,
    String,
    Character,
    Number,
    Pipe,
    LeftParenthesis,
    RightParenthesis,
    Declare,
    Assign,
    Comma,
    Space,
    End,
}
