namespace Rtd.Client.CommandLine;

/// <summary>Fills a verb's options from its arguments.</summary>
internal static class OptionsParser
{
    /// <summary>Binds the parts; gives the arguments that are no options, or null when help was asked for.</summary>
    /// <exception cref="UsageException">An unknown option, a missing or a bad value.</exception>
    public static List<string>? Parse(IReadOnlyList<OptionPart> parts, ReadOnlySpan<string> args, bool interspersed)
    {
        ArgumentReader reader = new(new FlagSet(parts), interspersed);
        reader.Read(args);
        if (reader.WantsHelp)
        {
            return null;
        }

        reader.Bind();
        return reader.Arguments;
    }
}
