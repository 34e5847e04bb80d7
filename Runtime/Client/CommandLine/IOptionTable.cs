namespace Rtd.Client.CommandLine;

/// <summary>A class of options that knows them without reflection; written by Runtime.Generation from the properties' attributes.</summary>
internal interface IOptionTable<TSelf>
    where TSelf : class, IOptionTable<TSelf>
{
    /// <summary>The options in the order of their properties.</summary>
    static abstract Flag[] Flags(OptionPart owner);

    /// <summary>Gives an option's property what was given on the command line, at least one value.</summary>
    /// <param name="number">The option's place among <see cref="Flags"/>.</param>
    static abstract void Set(TSelf options, int number, IReadOnlyList<string> values);
}
