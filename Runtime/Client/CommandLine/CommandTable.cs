namespace Rtd.Client.CommandLine;

/// <summary>All verbs. Building the table costs microseconds; a verb's options are only looked at when it runs.</summary>
internal static partial class CommandTable
{
    /// <summary>Groups of verbs, in the order of the help.</summary>
    public static IReadOnlyList<(string Name, string Summary)> Groups { get; } =
    [
        ("builder", "Manage builds"),
        ("container", "Manage containers"),
        ("image", "Manage images"),
        ("network", "Manage networks"),
        ("system", "Manage the engine"),
        ("volume", "Manage volumes"),
    ];

    public static IReadOnlyList<Command> All { get; } = [.. Common(), .. Containers(), .. Images(), .. Networks(), .. Volumes(), .. Daemon()];

    public static bool IsGroup(string name)
    {
        foreach ((string group, _) in Groups)
        {
            if (group == name)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The verb of a name such as "ps" or "container ls", or null.</summary>
    public static Command? Find(string name)
    {
        foreach (Command command in All)
        {
            if (Array.IndexOf(command.Names, name) >= 0)
            {
                return command;
            }
        }

        return null;
    }
}
