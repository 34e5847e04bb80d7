using Rtd.Client.Inspection;
using Rtd.Client.Volumes;

namespace Rtd.Client.CommandLine;

/// <summary>Verbs about volumes.</summary>
internal static partial class CommandTable
{
    private static Command[] Volumes() =>
    [
        new OptionsCommand<VolumeCreateOptions>(["volume create"], "[OPTIONS] [VOLUME]", "Create a volume", ArgumentCount.AtMostOne, VolumeVerbs.Create),
        new OptionsCommand<InspectKindOptions>(["volume inspect"], "[OPTIONS] VOLUME [VOLUME...]", "Show all about volumes", ArgumentCount.AtLeast(1), ObjectInspect.Volumes),
        new OptionsCommand<VolumeListOptions>(["volume ls", "volume list"], "[OPTIONS]", "List volumes", ArgumentCount.None, VolumeList.Run),
        new OptionsCommand<PruneOptions>(["volume prune"], "[OPTIONS]", "Remove unused volumes", ArgumentCount.None, Prune.Volumes),
        new OptionsCommand<VolumeRemoveOptions>(["volume rm", "volume remove"], "[OPTIONS] VOLUME [VOLUME...]", "Remove volumes that no container uses", ArgumentCount.AtLeast(1), VolumeVerbs.Remove),
    ];
}
