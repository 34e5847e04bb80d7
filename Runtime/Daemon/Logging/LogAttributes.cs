using System.Text.RegularExpressions;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Logging;

/// <summary>The attributes that the options labels, labels-regex, env, env-regex and tag add to every entry.</summary>
internal static class LogAttributes
{
    public static IReadOnlyCollection<string> Options { get; } = ["labels", "labels-regex", "env", "env-regex", "tag"];

    /// <summary>All of them by name, sorted as Go's encoder sorts them.</summary>
    public static SortedDictionary<string, string> Build(IReadOnlyDictionary<string, string> options, LogContext context)
    {
        SortedDictionary<string, string> attributes = Selected(options, context);
        if (Tag(options, context, "") is { Length: > 0 } tag)
        {
            attributes["tag"] = tag;
        }

        return attributes;
    }

    /// <summary>The tag, which most collectors have a place of its own for.</summary>
    /// <param name="absent">The template when none was given.</param>
    public static string Tag(IReadOnlyDictionary<string, string> options, LogContext context, string absent = "{{.ID}}") =>
        Expand(options.TryGetValue("tag", out string? template) ? template : absent, context);

    /// <summary>Those of labels and variables.</summary>
    public static SortedDictionary<string, string> Selected(IReadOnlyDictionary<string, string> options, LogContext context)
    {
        SortedDictionary<string, string> attributes = new(StringComparer.Ordinal);
        AddSelected(attributes, context.Labels, options, "labels");
        Dictionary<string, string> environment = new(StringComparer.Ordinal);
        foreach (string variable in context.Environment)
        {
            int equals = variable.IndexOf('=');
            environment[equals < 0 ? variable : variable[..equals]] = equals < 0 ? "" : variable[(equals + 1)..];
        }

        AddSelected(attributes, environment, options, "env");
        return attributes;
    }

    private static void AddSelected(
        SortedDictionary<string, string> attributes, IReadOnlyDictionary<string, string> source, IReadOnlyDictionary<string, string> options, string option)
    {
        string[] names = options.GetValueOrDefault(option, "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        Regex? pattern = Pattern(options.GetValueOrDefault(option + "-regex", ""));
        foreach ((string name, string value) in source)
        {
            if (names.Contains(name) || (pattern?.IsMatch(name) ?? false))
            {
                attributes[name] = value;
            }
        }
    }

    private static Regex? Pattern(string text)
    {
        try
        {
            // Linear in time like Go's, and without the same constructs.
            return text.Length == 0 ? null : new Regex(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw EngineException.InvalidParameter($"error parsing regexp: {exception.Message}", exception);
        }
    }

    /// <summary>Docker's tag templates: the fields that people use, between double braces.</summary>
    private static string Expand(string template, LogContext context) => template.LastIndexOf("{{", StringComparison.Ordinal) > template.LastIndexOf("}}", StringComparison.Ordinal)
        ? throw EngineException.InvalidParameter("invalid log opt 'tag': unclosed action")
        : Fill(template, context);

    private static string Fill(string template, LogContext context) => Regex.Replace(
        template,
        @"\{\{(.*?)\}\}",
        match => match.Groups[1].Value.Trim() switch
        {
            ".ID" => Short(context.ContainerId),
            ".FullID" => context.ContainerId,
            ".Name" => context.ContainerName.TrimStart('/'),
            ".ImageID" => Short(context.ImageId[(context.ImageId.IndexOf(':') + 1)..]),
            ".ImageFullID" => context.ImageId,
            ".ImageName" => context.ImageName,
            ".Command" => context.Command,
            ".DaemonName" => "docker",
            var field => throw EngineException.InvalidParameter($"invalid log opt 'tag': no field \"{field}\""),
        },
        RegexOptions.NonBacktracking);

    private static string Short(string id) => id.Length > 12 ? id[..12] : id;
}
