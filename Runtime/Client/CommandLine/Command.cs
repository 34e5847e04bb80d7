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

    /// <summary>The exit code of a failure that is told as docker run and create tell theirs: with the program's name and a pointer to the help. Null for other verbs.</summary>
    public Func<ClientException, int>? FailureCode { get; init; }

    /// <summary>Its options, for the help.</summary>
    public abstract FlagSet Flags();

    /// <summary>Runs the verb under the name it was called by; the result is the process's exit code.</summary>
    public abstract int Run(ClientContext context, string name, ReadOnlySpan<string> args);

    /// <summary>Binds the options and checks the count of arguments; null when the help was printed instead.</summary>
    protected List<string>? Parse(ClientContext context, string name, IReadOnlyList<OptionPart> parts, ReadOnlySpan<string> args)
    {
        List<string>? given = OptionsParser.Parse(parts, args, Interspersed);
        if (given is null)
        {
            HelpPrinter.PrintCommand(context.Out, this, name);
            return null;
        }

        return Arguments.Complaint(given.Count) is { } complaint ? throw HelpPrinter.WrongArguments(this, name, complaint) : given;
    }
}
