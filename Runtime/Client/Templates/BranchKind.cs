namespace Rtd.Client.Templates;

internal enum BranchKind
{
    If,
    With,
    Range,
}
