namespace Rtd.Client.Templates;

/// <summary>Part of a parsed template; the position is that of its first character.</summary>
internal abstract class Node(int position)
{
    public int Position { get; } = position;

    /// <summary>The source as error messages quote it.</summary>
    public abstract string Source { get; }
}
