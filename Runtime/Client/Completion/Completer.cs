using System.Text.Json;
using Rtd.Client.CommandLine;
using Rtd.Client.Engine;
using Rtd.Client.Json;

namespace Rtd.Client.Completion;

/// <summary>What a command line could go on with: verbs, options, names of containers, images, networks and volumes. The shells' scripts ask it.</summary>
internal sealed class Completer(ClientContext context)
{
    /// <summary>The word after the program's name that asks for candidates; <c>--</c> and the line's words follow.</summary>
    public const string Verb = "__complete";

    /// <summary>Prints a candidate a line. A daemon that does not answer has no names to offer, which is no failure.</summary>
    /// <param name="words">The line after the program's name; the last one is what the cursor is in, perhaps empty.</param>
    public int Run(ReadOnlySpan<string> words)
    {
        string[] line = words.Length > 0 && words[0] == "--" ? words[1..].ToArray() : words.ToArray();
        if (line.Length == 0)
        {
            return 0;
        }

        foreach (string candidate in Candidates(line[..^1], line[^1]).Where(candidate => candidate.StartsWith(line[^1], StringComparison.Ordinal)).Distinct())
        {
            context.Out.WriteLine(candidate);
        }

        return 0;
    }

    private IEnumerable<string> Candidates(string[] before, string word)
    {
        int verbs = SkipGlobals(before);
        if (verbs == before.Length)
        {
            return word.StartsWith('-') ? Names(new FlagSet([new OptionPart<GlobalOptions>()])) : TopLevel();
        }

        string first = before[verbs];
        if (CommandTable.IsGroup(first))
        {
            return verbs + 1 == before.Length ? InGroup(first) : OfVerb($"{first} {before[verbs + 1]}", before[(verbs + 2)..], word);
        }

        return OfVerb(first, before[(verbs + 1)..], word);
    }

    private static IEnumerable<string> TopLevel() =>
        CommandTable.All.SelectMany(command => command.Names).Where(name => !name.Contains(' ')).Concat(CommandTable.Groups.Select(group => group.Name)).Append("help").Order(StringComparer.Ordinal);

    private static IEnumerable<string> InGroup(string group) =>
        CommandTable.All.SelectMany(command => command.Names).Where(name => name.StartsWith(group + " ", StringComparison.Ordinal)).Select(name => name[(group.Length + 1)..]).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Names(FlagSet flags) => flags.All.Where(flag => !flag.IsHidden)
        .SelectMany(flag => flag.Shorthand == '\0' ? new[] { "--" + flag.Name } : ["--" + flag.Name, "-" + flag.Shorthand]).Append("--help").Order(StringComparer.Ordinal);

    /// <summary>The index of the verb: options of the client as a whole come before it.</summary>
    private static int SkipGlobals(string[] before)
    {
        FlagSet globals = new([new OptionPart<GlobalOptions>()]);
        int index = 0;
        while (index < before.Length && before[index].StartsWith('-'))
        {
            index += TakesValue(globals, before[index]) ? 2 : 1;
        }

        return Math.Min(index, before.Length);
    }

    private static bool TakesValue(FlagSet flags, string word) => FlagOf(flags, word) is { IsBoolean: false } && !word.Contains('=');

    private static Flag? FlagOf(FlagSet flags, string word) => word.StartsWith("--", StringComparison.Ordinal)
        ? flags.Find(word[2..])
        : word is ['-', var shorthand] ? flags.Find(shorthand) : null;

    private IEnumerable<string> OfVerb(string name, string[] before, string word)
    {
        if (name == "help")
        {
            return TopLevel();
        }

        if (CommandTable.Find(name) is not { } command)
        {
            return [];
        }

        FlagSet flags = command.Flags();
        if (before.Length > 0 && TakesValue(flags, before[^1]))
        {
            return OfValue(FlagOf(flags, before[^1])!.Name);
        }

        int arguments = CountArguments(flags, before);
        bool isOver = !command.Interspersed && arguments > 0;
        return word.StartsWith('-') && !isOver ? Names(flags) : OfArgument(command, arguments);
    }

    private static int CountArguments(FlagSet flags, string[] before)
    {
        int count = 0;
        for (int index = 0; index < before.Length; index++)
        {
            if (!before[index].StartsWith('-'))
            {
                count++;
            }
            else if (TakesValue(flags, before[index]))
            {
                index++;
            }
        }

        return count;
    }

    private IEnumerable<string> OfValue(string flag) => flag switch
    {
        "network" or "net" => Networks(),
        "volumes-from" or "link" => Containers(),
        _ => [],
    };

    /// <summary>By the word that stands for the argument in the verb's usage line; the last one stands for those after it.</summary>
    private IEnumerable<string> OfArgument(Command command, int index)
    {
        string[] names = [.. command.Usage.Split('\n')[0].Split(' ').Where(word => word != "[OPTIONS]")];
        if (names.Length == 0 || (index >= names.Length && !command.Usage.Contains("...", StringComparison.Ordinal)))
        {
            return [];
        }

        string name = names[Math.Min(index, names.Length - 1)].Trim('[', ']', '.');
        return name switch
        {
            "bash|zsh|fish" => ["bash", "zsh", "fish"],
            "CONTAINER" or "NAME|ID" => Containers(),
            "CONTAINER:SRC_PATH" => Containers().Select(container => container + ":"),
            "DEST_PATH|-" => Containers().Select(container => container + ":"),
            "IMAGE" or "SOURCE_IMAGE[:TAG" or "NAME[:TAG" or "NAME[:TAG|@DIGEST" or "REPOSITORY[:TAG" => Images(),
            "NETWORK" => Networks(),
            "VOLUME" => Volumes(),
            _ => [],
        };
    }

    private IEnumerable<string> Containers() => Ask("/containers/json?all=1", answer => answer.Items().SelectMany(container => container.Member("Names").Texts()).Select(name => name.TrimStart('/')));

    private IEnumerable<string> Images() => Ask("/images/json", answer => answer.Items().SelectMany(image => image.Member("RepoTags").Texts()));

    private IEnumerable<string> Networks() => Ask("/networks", answer => answer.Items().Select(network => network.Text("Name")));

    private IEnumerable<string> Volumes() => Ask("/volumes", answer => answer.Member("Volumes").Items().Select(volume => volume.Text("Name")));

    private string[] Ask(string path, Func<JsonElement, IEnumerable<string>> names)
    {
        try
        {
            using JsonDocument answer = context.Engine.GetJson(path);
            return [.. names(answer.RootElement).Order(StringComparer.Ordinal)];
        }
        catch (ClientException)
        {
            return [];
        }
    }
}
