using Rtd.Client.Inspection;
using Rtd.Client.Networks;

namespace Rtd.Client.CommandLine;

/// <summary>Verbs about networks.</summary>
internal static partial class CommandTable
{
    private static Command[] Networks() =>
    [
        new OptionsCommand<NetworkConnectOptions>(["network connect"], "[OPTIONS] NETWORK CONTAINER", "Connect a container to a network", ArgumentCount.Exactly(2), NetworkVerbs.Connect),
        new OptionsCommand<NetworkCreateOptions>(["network create"], "[OPTIONS] NETWORK", "Create a network", ArgumentCount.Exactly(1), NetworkCreate.Run),
        new OptionsCommand<NetworkDisconnectOptions>(["network disconnect"], "[OPTIONS] NETWORK CONTAINER", "Disconnect a container from a network", ArgumentCount.Exactly(2), NetworkVerbs.Disconnect),
        new OptionsCommand<InspectKindOptions>(["network inspect"], "[OPTIONS] NETWORK [NETWORK...]", "Show all about networks", ArgumentCount.AtLeast(1), ObjectInspect.Networks),
        new OptionsCommand<NetworkListOptions>(["network ls", "network list"], "[OPTIONS]", "List networks", ArgumentCount.None, NetworkList.Run),
        new OptionsCommand<PruneOptions>(["network prune"], "[OPTIONS]", "Remove all unused networks", ArgumentCount.None, Prune.Networks),
        new OptionsCommand<NetworkRemoveOptions>(["network rm", "network remove"], "NETWORK [NETWORK...]", "Remove networks", ArgumentCount.AtLeast(1), NetworkVerbs.Remove),
    ];
}
