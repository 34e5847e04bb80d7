using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using CommandLine;

namespace Rtd.Client.CommandLine;

/// <inheritdoc/>
internal sealed class OptionPart<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions> : OptionPart
    where TOptions : class, new()
{
    /// <summary>The options; as they are without any given, until <see cref="Bind"/>.</summary>
    public TOptions Value { get; private set; } = new();

    public override void Bind(List<string> line, IEnumerable<Flag> escaped)
    {
        using Parser parser = new(settings =>
        {
            settings.AllowMultiInstance = true;
            settings.CaseSensitive = true;
            settings.AutoHelp = false;
            settings.AutoVersion = false;
            settings.HelpWriter = null;
        });
        ParserResult<TOptions> result = parser.ParseArguments(() => new TOptions(), line);
        if (result is not Parsed<TOptions> parsed)
        {
            string tags = string.Join(", ", ((NotParsed<TOptions>)result).Errors.Select(error => error.Tag));
            throw new UsageException($"cannot read the command line: {tags}");
        }

        Value = parsed.Value;
        foreach (Flag flag in escaped)
        {
            Unescape(flag.Property);
        }
    }

    protected override List<Flag> ReadFlags()
    {
        List<Flag> flags = [];
        foreach (PropertyInfo property in typeof(TOptions).GetProperties())
        {
            flags.Add(new Flag(this, property));
        }

        return flags;
    }

    private void Unescape(PropertyInfo property)
    {
        if (property.GetValue(Value) is string text)
        {
            property.SetValue(Value, text[1..]);
        }
        else if (property.GetValue(Value) is IEnumerable<string> items)
        {
            property.SetValue(Value, items.Select(item => item.StartsWith(ArgumentNormalizer.Escape) ? item[1..] : item).ToArray());
        }
    }
}
