using Rtd.Client.Containers;
using Rtd.Client.Containers.Copy;
using Rtd.Client.Containers.Statistics;
using Rtd.Client.Inspection;

namespace Rtd.Client.CommandLine;

/// <summary>Verbs about containers.</summary>
internal static partial class CommandTable
{
    private const string OneOrMoreContainers = "CONTAINER [CONTAINER...]";

    private static Command[] Containers() =>
    [
        new OptionsCommand<AttachOptions>(["container attach", "attach"], "[OPTIONS] CONTAINER", "Attach your standard streams to a container that runs", ArgumentCount.Exactly(1), ContainerAttach.Run),
        new OptionsCommand<CommitOptions>(["container commit", "commit"], "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]", "Make an image from a container", ArgumentCount.Between(1, 2), ContainerCommit.Run),
        new OptionsCommand<CopyOptions>(
            ["container cp", "cp"], "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n        rtctl cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH", "Copy files between a container and here, or a tar archive by -", ArgumentCount.Exactly(2), ContainerCopy.Run),
        new CompositeCommand<CreateOptions>(
            ["container create", "create"], "[OPTIONS] IMAGE [COMMAND] [ARG...]", "Create a container without starting it", ArgumentCount.AtLeast(1), ContainerCreate.Run)
        {
            Interspersed = false, FailureCode = _ => 125,
        },
        new OptionsCommand<NoOptions>(["container diff", "diff"], "CONTAINER", "Show what a container changed in its file system", ArgumentCount.Exactly(1), ContainerDiff.Run),
        new OptionsCommand<ExportOptions>(["container export", "export"], "[OPTIONS] CONTAINER", "Write a container's file system to a tar archive", ArgumentCount.Exactly(1), ContainerExport.Run),
        new OptionsCommand<InspectKindOptions>(["container inspect"], "[OPTIONS] " + OneOrMoreContainers, "Show all about containers", ArgumentCount.AtLeast(1), ObjectInspect.Containers),
        new OptionsCommand<KillOptions>(["container kill", "kill"], "[OPTIONS] " + OneOrMoreContainers, "Kill containers, or send them a signal", ArgumentCount.AtLeast(1), ContainerVerbs.Kill),
        new OptionsCommand<LogsOptions>(["container logs", "logs"], "[OPTIONS] CONTAINER", "Print what a container wrote", ArgumentCount.Exactly(1), ContainerLogs.Run),
        new OptionsCommand<NoOptions>(["container pause", "pause"], OneOrMoreContainers, "Freeze all processes of containers", ArgumentCount.AtLeast(1), ContainerVerbs.Pause),
        new OptionsCommand<NoOptions>(["container port", "port"], "CONTAINER [PRIVATE_PORT[/PROTO]]", "List a container's published ports", ArgumentCount.Between(1, 2), ContainerVerbs.Port),
        new OptionsCommand<PruneOptions>(["container prune"], "[OPTIONS]", "Remove all stopped containers", ArgumentCount.None, Prune.Containers),
        new OptionsCommand<NoOptions>(["container rename", "rename"], "CONTAINER NEW_NAME", "Rename a container", ArgumentCount.Exactly(2), ContainerVerbs.Rename),
        new OptionsCommand<StopOptions>(["container restart", "restart"], "[OPTIONS] " + OneOrMoreContainers, "Restart containers", ArgumentCount.AtLeast(1), ContainerVerbs.Restart),
        new OptionsCommand<RemoveOptions>(["container rm", "container remove", "rm"], "[OPTIONS] " + OneOrMoreContainers, "Remove containers", ArgumentCount.AtLeast(1), ContainerVerbs.Remove),
        new OptionsCommand<StartOptions>(["container start", "start"], "[OPTIONS] " + OneOrMoreContainers, "Start stopped containers", ArgumentCount.AtLeast(1), ContainerStart.Run),
        new OptionsCommand<StatisticsOptions>(["container stats", "stats"], "[OPTIONS] [CONTAINER...]", "Show what containers use, as it changes", ArgumentCount.Any, ContainerStatistics.Run),
        new OptionsCommand<StopOptions>(["container stop", "stop"], "[OPTIONS] " + OneOrMoreContainers, "Stop containers", ArgumentCount.AtLeast(1), ContainerVerbs.Stop),
        new OptionsCommand<NoOptions>(["container top", "top"], "CONTAINER [ps OPTIONS]", "Show a container's processes", ArgumentCount.AtLeast(1), ContainerVerbs.Top) { Interspersed = false },
        new OptionsCommand<NoOptions>(["container unpause", "unpause"], OneOrMoreContainers, "Let paused containers go on", ArgumentCount.AtLeast(1), ContainerVerbs.Unpause),
        new OptionsCommand<UpdateOptions>(["container update", "update"], "[OPTIONS] " + OneOrMoreContainers, "Change the limits of containers", ArgumentCount.AtLeast(1), ContainerVerbs.Update),
        new OptionsCommand<NoOptions>(["container wait", "wait"], OneOrMoreContainers, "Wait until containers stop, then print their exit codes", ArgumentCount.AtLeast(1), ContainerVerbs.Wait),
        new OptionsCommand<InspectOptions>(["inspect"], "[OPTIONS] NAME|ID [NAME|ID...]", "Show all about containers, images, networks or volumes", ArgumentCount.AtLeast(1), ObjectInspect.Any),
    ];
}
