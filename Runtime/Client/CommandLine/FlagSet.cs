using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using CommandLine;

namespace Rtd.Client.CommandLine;

/// <summary>The options of one verb, by name, alias and shorthand.</summary>
internal sealed class FlagSet
{
    private readonly Dictionary<string, Flag> _byName = [];
    private readonly Dictionary<char, Flag> _byShorthand = [];

    public FlagSet([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type options)
    {
        foreach (PropertyInfo property in options.GetProperties())
        {
            if (property.GetCustomAttribute<OptionAttribute>() is not { } option)
            {
                continue;
            }

            Flag flag = new(property, option);
            All.Add(flag);
            _byName[flag.Name] = flag;
            if (flag.Shorthand != '\0')
            {
                _byShorthand[flag.Shorthand] = flag;
            }

            foreach (FlagAliasAttribute alias in property.GetCustomAttributes<FlagAliasAttribute>())
            {
                _byName[alias.Name] = flag;
            }
        }
    }

    public List<Flag> All { get; } = [];

    public Flag? Find(string name) => _byName.GetValueOrDefault(name);

    public Flag? Find(char shorthand) => _byShorthand.GetValueOrDefault(shorthand);
}
