namespace Rtd.Client.CommandLine;

/// <summary>An options class and the object made from it. The class is only looked at when one of its options may be meant.</summary>
internal abstract class OptionPart
{
    private Dictionary<string, Flag>? _byName;
    private List<Flag>? _flags;

    public IReadOnlyList<Flag> Flags => _flags ??= ReadFlags();

    public Flag? Find(string name) => (_byName ??= Index()).GetValueOrDefault(name);

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

    /// <summary>Fills the object from a line for CommandLineParser.</summary>
    /// <param name="line">Long names, each followed by its value.</param>
    /// <param name="escaped">Options among whose values are some with an escape character before them.</param>
    public abstract void Bind(List<string> line, IEnumerable<Flag> escaped);

    protected abstract List<Flag> ReadFlags();

    private Dictionary<string, Flag> Index()
    {
        Dictionary<string, Flag> index = [];
        foreach (Flag flag in Flags)
        {
            index[flag.Name] = flag;
            foreach (string alias in flag.Aliases)
            {
                index[alias] = flag;
            }
        }

        return index;
    }
}
