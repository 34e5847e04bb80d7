namespace Rtd.Client.CommandLine;

/// <summary>Fills a verb's options from its arguments.</summary>
internal static class OptionsParser
{
    /// <summary>Binds the parts; gives the arguments that are no options, or null when help was asked for.</summary>
    /// <exception cref="UsageException">An unknown option, a missing or a bad value.</exception>
    public static List<string>? Parse(IReadOnlyList<OptionPart> parts, ReadOnlySpan<string> args, bool interspersed)
    {
        ArgumentNormalizer normalizer = new(new FlagSet(parts), interspersed);
        normalizer.Read(args);
        if (normalizer.WantsHelp)
        {
            return null;
        }

        normalizer.Bind();
        return normalizer.Arguments;
    }
}
