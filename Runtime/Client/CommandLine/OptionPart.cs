namespace Rtd.Client.CommandLine;

/// <summary>An options class and the object made from it. The table is only made when one of its options may be meant.</summary>
internal abstract class OptionPart
{
    private Flag[]? _flags;

    public IReadOnlyList<Flag> Flags => _flags ??= ReadFlags();

    public Flag? Find(string name)
    {
        foreach (Flag flag in Flags)
        {
            if (flag.Name == name || flag.Aliases.Contains(name))
            {
                return flag;
            }
        }

        return null;
    }

    public Flag? Find(char shorthand)
    {
        foreach (Flag flag in Flags)
        {
            if (flag.Shorthand == shorthand)
            {
                return flag;
            }
        }

        return null;
    }

    /// <summary>Gives the property of one of its options the values of the command line, all of them.</summary>
    public abstract void Bind(Flag flag, IReadOnlyList<string> values);

    protected abstract Flag[] ReadFlags();
}
