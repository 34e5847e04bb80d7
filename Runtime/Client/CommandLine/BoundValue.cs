using System.Globalization;

namespace Rtd.Client.CommandLine;

/// <summary>A property's value from those given on the command line, normalized by <see cref="FlagValue"/>. Of an option that takes one the last counts.</summary>
internal static class BoundValue
{
    public static bool Switch(IReadOnlyList<string> values) => values[^1] == "true";

    public static bool? OnOff(IReadOnlyList<string> values) => values[^1] == "true";

    public static long? Number(IReadOnlyList<string> values) => long.Parse(values[^1], CultureInfo.InvariantCulture);

    public static string Text(IReadOnlyList<string> values) => values[^1];

    public static IEnumerable<string> List(IReadOnlyList<string> values) => values;
}
