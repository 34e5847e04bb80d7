using System.Text.Json;
using Rtd.Daemon.Builds.Dockerfiles.Words;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary>The forms of arguments that several instructions share.</summary>
internal static class InstructionArguments
{
    /// <exception cref="EngineException">Invalid parameter.</exception>
    public static void RequireSome(string keyword, int count)
    {
        if (count == 0)
        {
            throw EngineException.InvalidParameter($"{keyword} requires at least one argument");
        }
    }

    /// <exception cref="EngineException">Invalid parameter.</exception>
    public static string RequireOne(string keyword, string arguments) =>
        arguments.Length > 0 ? arguments : throw EngineException.InvalidParameter($"{keyword} requires exactly one argument");

    /// <summary>The JSON form; null when it is not JSON and so, as for Docker, the shell form: <c>[ -f x ] &amp;&amp; y</c>.</summary>
    /// <exception cref="EngineException">Invalid parameter: an array, but not of strings.</exception>
    public static List<string>? Json(string arguments)
    {
        if (!arguments.StartsWith('['))
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(arguments);
            return document.RootElement.EnumerateArray()
                .Select(word => word.ValueKind == JsonValueKind.String
                    ? word.GetString()!
                    : throw EngineException.InvalidParameter("when using JSON array syntax, arrays must be comprised of strings only"))
                .ToList();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static CommandLine Command(string arguments) =>
        Json(arguments) is { } words ? new CommandLine(false, words) : new CommandLine(true, arguments.Length > 0 ? [arguments] : []);

    /// <summary>The JSON form, or words between blanks; quotes do not count.</summary>
    public static List<string> List(string arguments) => Json(arguments) ?? WordSplitter.Blanks(arguments);

    /// <summary><c>key=value key2="value 2"</c>, or the old form <c>key all the rest</c>.</summary>
    /// <exception cref="EngineException">Invalid parameter.</exception>
    public static List<KeyValuePair<string, string>> Pairs(string keyword, string arguments, char escape)
    {
        List<string> words = WordSplitter.Split(arguments, escape);
        RequireSome(keyword, words.Count);
        if (words[0].Contains('='))
        {
            return words.ConvertAll(word => Pair(keyword, word));
        }

        int blank = arguments.AsSpan().IndexOfAny(WordSplitter.BlankCharacters);
        return blank > 0
            ? [new(arguments[..blank], arguments[blank..].TrimStart())]
            : throw EngineException.InvalidParameter($"{keyword} must have two arguments");
    }

    public static List<KeyValuePair<string, string>> Expand(IReadOnlyList<KeyValuePair<string, string>> pairs, WordExpander words) =>
        pairs.Select(pair => new KeyValuePair<string, string>(words.Expand(pair.Key), words.Expand(pair.Value))).ToList();

    private static KeyValuePair<string, string> Pair(string keyword, string word)
    {
        int equals = word.IndexOf('=');
        return equals switch
        {
            < 0 => throw EngineException.InvalidParameter($"Syntax error - can't find = in \"{word}\". Must be of the form: name=value"),
            0 => throw EngineException.InvalidParameter($"{keyword} names can not be blank"),
            _ => new(word[..equals], word[(equals + 1)..]),
        };
    }
}
