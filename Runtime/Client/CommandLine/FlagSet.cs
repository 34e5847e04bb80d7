namespace Rtd.Client.CommandLine;

/// <summary>The options of one verb, looked for part by part.</summary>
internal sealed class FlagSet(IReadOnlyList<OptionPart> parts)
{
    /// <summary>All options, for the help.</summary>
    public IEnumerable<Flag> All => parts.SelectMany(part => part.Flags);

    public Flag? Find(string name)
    {
        foreach (OptionPart part in parts)
        {
            if (part.Find(name) is { } flag)
            {
                return flag;
            }
        }

        return null;
    }

    public Flag? Find(char shorthand)
    {
        foreach (OptionPart part in parts)
        {
            if (part.Find(shorthand) is { } flag)
            {
                return flag;
            }
        }

        return null;
    }
}
