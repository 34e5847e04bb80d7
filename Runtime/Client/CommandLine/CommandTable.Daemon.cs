using Rtd.Client.Daemon;

namespace Rtd.Client.CommandLine;

/// <summary>Verbs about the engine as a whole.</summary>
internal static partial class CommandTable
{
    private static Command[] Daemon() =>
    [
        new OptionsCommand<DiskUsageOptions>(["system df"], "[OPTIONS]", "Show what takes space on disk", ArgumentCount.None, DiskUsage.Run),
        new OptionsCommand<EventsOptions>(["system events", "events"], "[OPTIONS]", "Print what happens at the daemon as it happens", ArgumentCount.None, EngineEvents.Run),
        new OptionsCommand<PruneOptions>(["system prune"], "[OPTIONS]", "Remove all that is unused", ArgumentCount.None, Prune.System),
    ];

    /// <summary>Docker's verbs that this client does not have: named, so that nobody looks for a misspelling.</summary>
    private static Command[] Missing() =>
    [
        new MissingCommand(["image build", "build"], "Build an image from a Dockerfile"),
        new MissingCommand(["container commit", "commit"], "Make an image from a container"),
        new MissingCommand(["container cp", "cp"], "Copy files between a container and the host"),
        new MissingCommand(["container diff", "diff"], "Show what a container changed in its file system"),
        new MissingCommand(["container export", "export"], "Write a container's file system to a tar archive"),
        new MissingCommand(["container stats", "stats"], "Show what containers use, as it changes"),
        new MissingCommand(["search"], "Search a registry for images"),
    ];
}
