using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using CommandLine;

namespace Rtd.Client.CommandLine;

/// <summary>Fills a verb's options object from its arguments.</summary>
internal static class OptionsParser
{
    private const DynamicallyAccessedMemberTypes Bound = DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor;

    /// <summary>The options, or null when help was asked for.</summary>
    /// <exception cref="UsageException">An unknown option, a missing or a bad value.</exception>
    public static ParsedOptions<TOptions>? Parse<[DynamicallyAccessedMembers(Bound)] TOptions>(FlagSet flags, ReadOnlySpan<string> args, bool interspersed)
        where TOptions : class, new()
    {
        ArgumentNormalizer normalizer = new(flags, interspersed);
        normalizer.Read(args);
        if (normalizer.WantsHelp)
        {
            return null;
        }

        // CommandLineParser takes a class without properties for an immutable one, and looks for a constructor that is not there.
        TOptions options = flags.All.Count == 0 ? new TOptions() : Bind<TOptions>(normalizer);
        return new ParsedOptions<TOptions>(options, normalizer.Arguments);
    }

    private static TOptions Bind<[DynamicallyAccessedMembers(Bound)] TOptions>(ArgumentNormalizer normalizer)
        where TOptions : class, new()
    {
        using Parser parser = new(settings =>
        {
            settings.AllowMultiInstance = true;
            settings.EnableDashDash = true;
            settings.CaseSensitive = true;
            settings.AutoHelp = false;
            settings.AutoVersion = false;
            settings.HelpWriter = null;
        });
        ParserResult<TOptions> result = parser.ParseArguments(() => new TOptions(), normalizer.ToCanonical());
        if (result is not Parsed<TOptions> parsed)
        {
            string tags = string.Join(", ", ((NotParsed<TOptions>)result).Errors.Select(error => error.Tag));
            throw new UsageException($"cannot read the command line: {tags}");
        }

        foreach (Flag flag in normalizer.Escaped)
        {
            Unescape(parsed.Value, flag.Property);
        }

        return parsed.Value;
    }

    private static void Unescape(object options, PropertyInfo property)
    {
        object? value = property.GetValue(options);
        if (value is string text)
        {
            property.SetValue(options, text[1..]);
        }
        else if (value is IEnumerable<string> items)
        {
            property.SetValue(options, items.Select(item => item.StartsWith(ArgumentNormalizer.Escape) ? item[1..] : item).ToArray());
        }
    }
}
