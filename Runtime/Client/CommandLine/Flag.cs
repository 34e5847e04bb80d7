namespace Rtd.Client.CommandLine;

/// <summary>One option of a verb.</summary>
/// <param name="owner">The options class it belongs to.</param>
/// <param name="number">Its place among those.</param>
/// <param name="shorthand">The one-letter form, or NUL.</param>
internal sealed class Flag(OptionPart owner, int number, FlagType type, string name, char shorthand)
{
    public OptionPart Owner { get; } = owner;

    public int Number { get; } = number;

    public FlagType Type { get; } = type;

    public string Name { get; } = name;

    public char Shorthand { get; } = shorthand;

    /// <summary>Other long names that docker takes.</summary>
    public string[] Aliases { get; init; } = [];

    /// <summary>The word the help shows for the value ("bytes", "list"); it also says how a value is checked.</summary>
    public string Kind { get; init; } = "";

    public string Help { get; init; } = "";

    public bool IsHidden { get; init; }

    public object? Default { get; init; }

    /// <summary>Takes no value unless one is attached with '='.</summary>
    public bool IsBoolean => Type is FlagType.Switch or FlagType.OnOff;

    /// <summary>May be given several times, each adding a value.</summary>
    public bool IsList => Type == FlagType.List;

    /// <summary>How an error names the option: "-m, --memory".</summary>
    public string Display => Shorthand == '\0' ? "--" + Name : $"-{Shorthand}, --{Name}";
}
