using System.Text;
using Rtd.Client.Terminal;

namespace Rtd.Client.CommandLine;

/// <summary>Help and usage in the layout docker's users know.</summary>
internal static class HelpPrinter
{
    private const int DefaultWidth = 80;

    public static void PrintProgram(TextSink sink)
    {
        sink.WriteLine("Usage:  rtctl [OPTIONS] COMMAND");
        sink.WriteLine();
        sink.WriteLine("A client for the rtd container engine");
        PrintTopLevel(sink, "Common Commands:", CommandGroup.Common);
        PrintGroups(sink);
        PrintTopLevel(sink, "Commands:", CommandGroup.Other);
        sink.WriteLine();
        sink.WriteLine("Global Options:");
        PrintFlags(sink, new FlagSet([new OptionPart<GlobalOptions>()]));
        sink.WriteLine();
        sink.WriteLine("Run 'rtctl COMMAND --help' for more information on a command.");
    }

    public static void PrintGroup(TextSink sink, string group)
    {
        sink.WriteLine($"Usage:  rtctl {group} COMMAND");
        sink.WriteLine();
        sink.WriteLine(CommandTable.Groups.First(entry => entry.Name == group).Summary);
        sink.WriteLine();
        sink.WriteLine("Commands:");
        List<(string Name, string Summary)> lines = [];
        foreach (Command command in CommandTable.All)
        {
            if (command.Names[0].StartsWith(group + " ", StringComparison.Ordinal))
            {
                lines.Add((command.Names[0][(group.Length + 1)..], command.Summary));
            }
        }

        PrintNames(sink, [.. lines.OrderBy(line => line.Name, StringComparer.Ordinal)]);
        sink.WriteLine();
        sink.WriteLine($"Run 'rtctl {group} COMMAND --help' for more information on a command.");
    }

    public static void PrintCommand(TextSink sink, Command command, string name)
    {
        sink.WriteLine(UsageLine(command, name));
        sink.WriteLine();
        sink.WriteLine(command.Summary);
        if (command.Names.Length > 1)
        {
            sink.WriteLine();
            sink.WriteLine("Aliases:");
            sink.WriteLine("  " + string.Join(", ", command.Names.Select(alias => "rtctl " + alias)));
        }

        FlagSet flags = command.Flags();
        if (flags.All.Any(flag => !flag.IsHidden))
        {
            sink.WriteLine();
            sink.WriteLine("Options:");
            PrintFlags(sink, flags);
        }
    }

    /// <summary>What follows a message about a bad option.</summary>
    public static string UsageHint(Command? command, string name) => command is null
        ? "Usage:  rtctl [OPTIONS] COMMAND [ARG...]\n\nRun 'rtctl --help' for more information"
        : $"{UsageLine(command, name)}\n\nRun 'rtctl {name} --help' for more information";

    /// <summary>The failure for too few or too many arguments.</summary>
    public static ClientException WrongArguments(Command command, string name, string complaint)
    {
        string word = complaint.StartsWith("requires at least", StringComparison.Ordinal) && !complaint.Contains("at most", StringComparison.Ordinal) ? "See" : "Run";
        return new WrongArgumentsException($"rtctl: 'rtctl {name}' {complaint}\n\n{UsageLine(command, name)}\n\n{word} 'rtctl {name} --help' for more information");
    }

    private static string UsageLine(Command command, string name) => $"Usage:  rtctl {name} {command.Usage}".TrimEnd();

    private static void PrintTopLevel(TextSink sink, string title, CommandGroup group)
    {
        List<(string Name, string Summary)> lines = [];
        foreach (Command command in CommandTable.All)
        {
            if (command.Group == group && Array.Find(command.Names, name => !name.Contains(' ')) is { } name)
            {
                lines.Add((name, command.Summary));
            }
        }

        sink.WriteLine();
        sink.WriteLine(title);
        PrintNames(sink, group == CommandGroup.Other ? [.. lines.OrderBy(line => line.Name, StringComparer.Ordinal)] : lines);
    }

    private static void PrintGroups(TextSink sink)
    {
        sink.WriteLine();
        sink.WriteLine("Management Commands:");
        PrintNames(sink, [.. CommandTable.Groups]);
    }

    private static void PrintNames(TextSink sink, List<(string Name, string Summary)> lines)
    {
        foreach ((string name, string summary) in lines)
        {
            sink.WriteLine($"  {name,-11} {summary}");
        }
    }

    private static void PrintFlags(TextSink sink, FlagSet flags)
    {
        List<(string Left, string Text)> lines = [];
        foreach (Flag flag in flags.All.Where(flag => !flag.IsHidden).OrderBy(flag => flag.Name, StringComparer.Ordinal))
        {
            string kind = flag.IsBoolean ? "" : " " + flag.Kind;
            lines.Add((flag.Shorthand == '\0' ? $"      --{flag.Name}{kind}" : $"  -{flag.Shorthand}, --{flag.Name}{kind}", flag.Help + DefaultText(flag)));
        }

        int indent = lines.Max(line => line.Left.Length) + 3;
        int width = sink.Columns > 0 ? sink.Columns : DefaultWidth;
        foreach ((string left, string text) in lines)
        {
            sink.WriteLine(left.PadRight(indent) + Wrap(text, indent, width));
        }
    }

    private static string DefaultText(Flag flag) => flag.Default switch
    {
        null or false => "",
        string text => $" (default \"{text}\")",
        bool => " (default true)",
        object value => $" (default {value})",
    };

    /// <summary>Breaks a text into lines that fit beside the options; a last word or two may stand out by up to five columns.</summary>
    private static string Wrap(string text, int indent, int width)
    {
        const int Overhang = 5;
        int room = Math.Max(24, width - indent - Overhang);
        StringBuilder wrapped = new();
        string rest = text;
        while (rest.Length > room + Overhang)
        {
            int cut = rest.LastIndexOf(' ', room);
            if (cut <= 0)
            {
                break;
            }

            wrapped.Append(rest, 0, cut).Append('\n').Append(' ', indent);
            rest = rest[(cut + 1)..];
        }

        return wrapped.Append(rest).ToString();
    }
}
