namespace Rtd.Client.CommandLine;

/// <summary>One verb: its names, its help and what it does.</summary>
internal abstract class Command(string[] names, string usage, string summary, ArgumentCount arguments)
{
    /// <summary>All names: the one within its group first ("container ls"), then aliases, top-level ones too ("ps").</summary>
    public string[] Names { get; } = names;

    /// <summary>What follows the name on a usage line.</summary>
    public string Usage { get; } = usage;

    public string Summary { get; } = summary;

    public ArgumentCount Arguments { get; } = arguments;

    public CommandGroup Group { get; init; } = CommandGroup.Other;

    /// <summary>Whether options may stand after arguments. Not for verbs that carry another command's line.</summary>
    public bool Interspersed { get; init; } = true;

    /// <summary>Whether a failure ends like docker run's: with the program's name, a pointer to the help, and code 125.</summary>
    public bool FailsAsRun { get; init; }

    public abstract FlagSet Flags();

    /// <summary>Runs the verb under the name it was called by; the result is the process's exit code.</summary>
    public abstract int Run(ClientContext context, string name, ReadOnlySpan<string> args);
}
