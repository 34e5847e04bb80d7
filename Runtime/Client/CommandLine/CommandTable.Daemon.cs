using Rtd.Client.Builds;
using Rtd.Client.Completion;
using Rtd.Client.Daemon;
using Rtd.Client.Registries;

namespace Rtd.Client.CommandLine;

/// <summary>Verbs about the engine as a whole.</summary>
internal static partial class CommandTable
{
    private static Command[] Daemon() =>
    [
        new OptionsCommand<BuilderPruneOptions>(["builder prune"], "[OPTIONS]", "Remove build cache", ArgumentCount.None, BuilderPrune.Run),
        new OptionsCommand<NoOptions>(["completion"], "bash|zsh|fish", "Print a script that makes a shell complete rtctl's command lines", ArgumentCount.Exactly(1), ShellScript.Run),
        new OptionsCommand<DiskUsageOptions>(["system df"], "[OPTIONS]", "Show what takes space on disk", ArgumentCount.None, DiskUsage.Run),
        new OptionsCommand<EventsOptions>(["system events", "events"], "[OPTIONS]", "Print what happens at the daemon as it happens", ArgumentCount.None, EngineEvents.Run),
        new OptionsCommand<SearchOptions>(["search"], "[OPTIONS] TERM", "Search a registry for images", ArgumentCount.Exactly(1), RegistrySearch.Run),
        new OptionsCommand<PruneOptions>(["system prune"], "[OPTIONS]", "Remove all that is unused", ArgumentCount.None, Prune.System),
    ];
}
