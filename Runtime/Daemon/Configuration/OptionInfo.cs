using System.Reflection;
using CommandLine;

namespace Rtd.Daemon.Configuration;

/// <summary>One option of <see cref="DaemonOptions"/>: its names and how to get and set it.</summary>
/// <param name="Long">The flag without dashes.</param>
/// <param name="Short">The one-letter flag, or the empty string.</param>
/// <param name="Key">The name in the file, or null.</param>
internal sealed record OptionInfo(string Long, string Short, string? Key, OptionKind Kind, PropertyInfo Property)
{
    public static readonly IReadOnlyList<OptionInfo> All = typeof(DaemonOptions).GetProperties()
        .Select(property => (property, option: property.GetCustomAttribute<OptionAttribute>()))
        .Where(pair => pair.option is not null)
        .Select(pair => new OptionInfo(
            pair.option!.LongName, pair.option.ShortName, pair.property.GetCustomAttribute<FileKeyAttribute>()?.Name, KindOf(pair.property), pair.property))
        .ToArray();

    /// <summary>How messages name the flag.</summary>
    public string Flag => Short.Length == 0 ? $"--{Long}" : $"-{Short}, --{Long}";

    /// <summary>The value, or null when nothing was said.</summary>
    public object? Get(DaemonOptions options) => Property.GetValue(options) switch
    {
        IEnumerable<string> list => list.ToArray() is { Length: > 0 } items ? items : null,
        object value => value,
        null => null,
    };

    public void Set(DaemonOptions options, object? value) => Property.SetValue(options, value);

    /// <summary>A value as dockerd prints it in its messages.</summary>
    public static string Print(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        IEnumerable<string> list => $"[{string.Join(' ', list)}]",
        _ => value.ToString()!,
    };

    private static OptionKind KindOf(PropertyInfo property) =>
        property.PropertyType == typeof(bool?) ? OptionKind.Flag
        : property.PropertyType == typeof(int?) ? OptionKind.Number
        : property.PropertyType == typeof(string) ? OptionKind.Text
        : OptionKind.List;
}
