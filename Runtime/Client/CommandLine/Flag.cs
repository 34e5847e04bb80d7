using System.Reflection;
using CommandLine;

namespace Rtd.Client.CommandLine;

/// <summary>One option of a verb, read from its property's attributes.</summary>
internal sealed class Flag
{
    public Flag(OptionPart owner, PropertyInfo property)
    {
        Owner = owner;
        Property = property;
        List<string> aliases = [];
        foreach (object attribute in property.GetCustomAttributes(inherit: false))
        {
            if (attribute is OptionAttribute option)
            {
                Name = option.LongName;
                Shorthand = option.ShortName.Length > 0 ? option.ShortName[0] : '\0';
                Kind = option.MetaValue ?? "";
                Help = option.HelpText ?? "";
                IsHidden = option.Hidden;
                Default = option.Default;
            }
            else if (attribute is FlagAliasAttribute alias)
            {
                aliases.Add(alias.Name);
            }
        }

        Aliases = aliases;
        IsSwitch = property.PropertyType == typeof(bool);
        IsBoolean = IsSwitch || property.PropertyType == typeof(bool?);
        IsList = property.PropertyType == typeof(IEnumerable<string>);
    }

    /// <summary>The options class it belongs to.</summary>
    public OptionPart Owner { get; }

    public PropertyInfo Property { get; }

    public string Name { get; } = "";

    /// <summary>Other long names that docker takes.</summary>
    public IReadOnlyList<string> Aliases { get; }

    /// <summary>The one-letter form, or NUL.</summary>
    public char Shorthand { get; }

    /// <summary>The word the help shows for the value ("bytes", "list"); it also says how a value is checked.</summary>
    public string Kind { get; } = "";

    public string Help { get; } = "";

    public bool IsHidden { get; }

    public object? Default { get; }

    /// <summary>A boolean that is off by default: its presence alone turns it on.</summary>
    public bool IsSwitch { get; }

    /// <summary>Takes no value unless one is attached with '='.</summary>
    public bool IsBoolean { get; }

    /// <summary>May be given several times, each adding a value.</summary>
    public bool IsList { get; }

    /// <summary>How an error names the option: "-m, --memory".</summary>
    public string Display => Shorthand == '\0' ? "--" + Name : $"-{Shorthand}, --{Name}";
}
