namespace Rtd.Client.Templates;

/// <summary>Commands, each given the result of the one before as its last argument; the last result may go to variables.</summary>
internal sealed class PipelineNode(int position, List<string> variables, bool declares, List<CommandNode> commands) : Node(position)
{
    /// <summary>Variables the result goes to, with their "$".</summary>
    public List<string> Variables { get; } = variables;

    /// <summary>True for ":=", false for "=".</summary>
    public bool Declares { get; } = declares;

    public List<CommandNode> Commands { get; } = commands;

    public override string Source
    {
        get
        {
            string target = Variables.Count == 0 ? "" : string.Join(", ", Variables) + (Declares ? " := " : " = ");
            return target + string.Join(" | ", Commands.Select(command => command.Source));
        }
    }
}
