namespace Rtd.Client.Templates;

/// <summary>A piece of a template and where it begins.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Position);
