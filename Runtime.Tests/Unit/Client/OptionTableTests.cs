using System.Globalization;
using System.Reflection;
using CommandLine;
using Rtd.Client.CommandLine;

namespace Rtd.Tests.Unit.Client;

/// <summary>What is generated for the options classes says and does what CommandLineParser makes of their attributes.</summary>
public sealed class OptionTableTests
{
    public static TheoryData<string> Classes { get; } =
        [.. typeof(Flag).Assembly.GetTypes().Where(type => type.GetProperties().Any(IsOption)).Select(type => type.FullName!)];

    [Theory]
    [MemberData(nameof(Classes))]
    public void Says_what_the_attributes_do(string name) => Call(nameof(CheckTable), name);

    [Theory]
    [MemberData(nameof(Classes))]
    public void Sets_what_CommandLineParser_does(string name) => Call(nameof(CheckValues), name);

    [Fact]
    public void There_are_as_many_as_the_client_has() => Assert.InRange(Classes.Count, 40, 100);

    private static bool IsOption(PropertyInfo property) => property.GetCustomAttribute<OptionAttribute>() is not null;

    private static void Call(string check, string name)
    {
        MethodInfo method = typeof(OptionTableTests).GetMethod(check, BindingFlags.NonPublic | BindingFlags.Static)!;
        method.MakeGenericMethod(typeof(Flag).Assembly.GetType(name)!).Invoke(null, null);
    }

    private static void CheckTable<TOptions>()
        where TOptions : class, IOptionTable<TOptions>, new()
    {
        OptionPart<TOptions> part = new();
        PropertyInfo[] properties = [.. typeof(TOptions).GetProperties().Where(IsOption)];

        Assert.Equal(properties.Length, part.Flags.Count);
        foreach ((PropertyInfo property, Flag flag) in properties.Zip(part.Flags))
        {
            OptionAttribute option = property.GetCustomAttribute<OptionAttribute>()!;
            Assert.Equal(option.LongName, flag.Name);
            Assert.Equal(option.ShortName, flag.Shorthand == '\0' ? "" : flag.Shorthand.ToString());
            Assert.Equal(option.MetaValue ?? "", flag.Kind);
            Assert.Equal(option.HelpText, flag.Help);
            Assert.Equal(option.Hidden, flag.IsHidden);
            Assert.Equal(option.Default, flag.Default);
            Assert.Equal(property.GetCustomAttributes<FlagAliasAttribute>().Select(alias => alias.Name), flag.Aliases);
            if (option.Default is not null)
            {
                Assert.Equal(option.Default, property.GetValue(part.Value));
            }
        }
    }

    private static void CheckValues<TOptions>()
        where TOptions : class, IOptionTable<TOptions>, new()
    {
        foreach (Flag flag in new OptionPart<TOptions>().Flags)
        {
            string[] values = flag.Type switch
            {
                FlagType.Switch => ["true"],
                FlagType.OnOff => ["false"],
                FlagType.Number => [long.MinValue.ToString(CultureInfo.InvariantCulture)],
                FlagType.Text => ["a text"],
                _ => ["one", "and another"],
            };
            OptionPart<TOptions> part = new();
            part.Bind(part.Flags[flag.Number], values);

            Assert.Equal(State(Parsed<TOptions>(flag, values)), State(part.Value));
        }
    }

    private static TOptions Parsed<TOptions>(Flag flag, string[] values)
        where TOptions : class, new()
    {
        using Parser parser = new(settings =>
        {
            settings.AllowMultiInstance = true;
            settings.AutoHelp = false;
            settings.AutoVersion = false;
        });
        string[] line = flag.Type == FlagType.Switch ? ["--" + flag.Name] : [.. values.SelectMany(value => new[] { "--" + flag.Name, value })];
        return parser.ParseArguments(() => new TOptions(), line).Value;
    }

    private static IEnumerable<string> State<TOptions>(TOptions options) =>
        typeof(TOptions).GetProperties().Select(property => $"{property.Name} = {Text(property.GetValue(options))}");

    private static string Text(object? value) => value is IEnumerable<string> items ? $"[{string.Join("|", items)}]" : value?.ToString() ?? "null";
}
