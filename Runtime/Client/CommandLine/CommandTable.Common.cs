using Rtd.Client.Builds;
using Rtd.Client.Containers;
using Rtd.Client.Daemon;
using Rtd.Client.Images;
using Rtd.Client.Registries;

namespace Rtd.Client.CommandLine;

/// <summary>The verbs that the top-level help lists first.</summary>
internal static partial class CommandTable
{
    private static Command[] Common() =>
    [
        new CompositeCommand<RunOptions>(
            ["container run", "run"], "[OPTIONS] IMAGE [COMMAND] [ARG...]", "Create a container from an image and run a command in it", ArgumentCount.AtLeast(1), ContainerRun.Run)
        {
            Group = CommandGroup.Common, Interspersed = false, FailureCode = StartFailure.ExitCode,
        },
        new OptionsCommand<ExecOptions>(
            ["container exec", "exec"], "[OPTIONS] CONTAINER COMMAND [ARG...]", "Run a command in a container that runs", ArgumentCount.AtLeast(2), ContainerExec.Run)
        {
            Group = CommandGroup.Common, Interspersed = false,
        },
        new OptionsCommand<ListOptions>(["container ls", "container list", "container ps", "ps"], "[OPTIONS]", "List containers", ArgumentCount.None, ContainerList.Run) { Group = CommandGroup.Common },
        new CompositeCommand<ImageBuildOptions>(["image build", "builder build", "build"], "[OPTIONS] PATH | URL | -", "Build an image from a Dockerfile", ArgumentCount.Exactly(1), ImageBuild.Run) { Group = CommandGroup.Common },
        new OptionsCommand<PullOptions>(["image pull", "pull"], "[OPTIONS] NAME[:TAG|@DIGEST]", "Pull an image from a registry", ArgumentCount.Exactly(1), ImagePull.Run) { Group = CommandGroup.Common },
        new OptionsCommand<PushOptions>(["image push", "push"], "[OPTIONS] NAME[:TAG]", "Push an image to a registry", ArgumentCount.Exactly(1), ImagePush.Run) { Group = CommandGroup.Common },
        new OptionsCommand<ImageListOptions>(["image ls", "image list", "images"], "[OPTIONS] [REPOSITORY[:TAG]]", "List images", ArgumentCount.AtMostOne, ImageList.Run) { Group = CommandGroup.Common },
        new OptionsCommand<LoginOptions>(["login"], "[OPTIONS] [SERVER]", "Log in to a registry", ArgumentCount.AtMostOne, RegistryLogin.Run) { Group = CommandGroup.Common },
        new OptionsCommand<NoOptions>(["logout"], "[SERVER]", "Log out from a registry", ArgumentCount.AtMostOne, RegistryLogout.Run) { Group = CommandGroup.Common },
        new OptionsCommand<FormatOptions>(["version"], "[OPTIONS]", "Show the versions of client and daemon", ArgumentCount.None, EngineVersion.Run) { Group = CommandGroup.Common },
        new OptionsCommand<FormatOptions>(["system info", "info"], "[OPTIONS]", "Show what the daemon knows of itself and its host", ArgumentCount.None, EngineInfo.Run) { Group = CommandGroup.Common },
    ];
}
