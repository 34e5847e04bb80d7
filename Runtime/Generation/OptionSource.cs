using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Rtd.Generation;

/// <summary>One option as its attributes declare it, in C#.</summary>
internal sealed class OptionSource
{
    private const string Option = "CommandLine.OptionAttribute";
    private const string Alias = "Rtd.Client.CommandLine.FlagAliasAttribute";

    private readonly List<string> _aliases = [];
    private readonly Dictionary<string, string> _named = [];

    private OptionSource(IPropertySymbol property)
    {
        Property = property.Name;
        Type = property.Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToDisplayString() switch
        {
            "bool" => "Switch",
            "bool?" => "OnOff",
            "long?" => "Number",
            "string" => "Text",
            "System.Collections.Generic.IEnumerable<string>" => "List",
            string other => $"NoTypeForAnOption<{other}>",
        };
    }

    public string Property { get; }

    /// <summary>The member of the client's FlagType; for a property of any other type something that does not compile.</summary>
    public string Type { get; }

    public string LongName { get; private set; } = "";

    /// <summary>A character literal.</summary>
    public string Shorthand { get; private set; } = "'\\0'";

    public string Aliases => _aliases.Count == 0 ? "[]" : $"[{string.Join(", ", _aliases)}]";

    /// <summary>The option that a property declares, or null.</summary>
    public static OptionSource? Read(IPropertySymbol property)
    {
        OptionSource option = new(property);
        foreach (AttributeData attribute in property.GetAttributes())
        {
            switch (attribute.AttributeClass?.ToDisplayString())
            {
                case Option:
                    option.ReadNames(attribute);
                    break;
                case Alias:
                    option._aliases.Add(Literal(attribute.ConstructorArguments[0]));
                    break;
            }
        }

        return option.LongName.Length == 0 ? null : option;
    }

    /// <summary>A named argument of the attribute, or what stands for it when it was not given.</summary>
    public string Named(string name, string otherwise) => _named.TryGetValue(name, out string? value) ? value : otherwise;

    private static string Literal(TypedConstant constant) => constant.IsNull ? "null" : SymbolDisplay.FormatPrimitive(constant.Value!, quoteStrings: true, useHexadecimalNumbers: false)!;

    private void ReadNames(AttributeData attribute)
    {
        foreach (TypedConstant argument in attribute.ConstructorArguments)
        {
            if (argument.Value is char)
            {
                Shorthand = Literal(argument);
            }
            else
            {
                LongName = Literal(argument);
            }
        }

        foreach (KeyValuePair<string, TypedConstant> named in attribute.NamedArguments)
        {
            _named[named.Key] = Literal(named.Value);
        }
    }
}
