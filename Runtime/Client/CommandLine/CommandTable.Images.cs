using Rtd.Client.Images;
using Rtd.Client.Inspection;

namespace Rtd.Client.CommandLine;

/// <summary>Verbs about images.</summary>
internal static partial class CommandTable
{
    private static Command[] Images() =>
    [
        new OptionsCommand<HistoryOptions>(["image history", "history"], "[OPTIONS] IMAGE", "Show how an image came about", ArgumentCount.Exactly(1), ImageHistory.Run),
        new OptionsCommand<ImportOptions>(["image import", "import"], "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]", "Make an image from a tar archive of a file system", ArgumentCount.AtLeast(1), ImageImport.Run),
        new OptionsCommand<InspectKindOptions>(["image inspect"], "[OPTIONS] IMAGE [IMAGE...]", "Show all about images", ArgumentCount.AtLeast(1), ObjectInspect.Images),
        new OptionsCommand<LoadOptions>(["image load", "load"], "[OPTIONS]", "Load images from a tar archive or standard input", ArgumentCount.None, ImageLoad.Run),
        new OptionsCommand<PruneOptions>(["image prune"], "[OPTIONS]", "Remove unused images", ArgumentCount.None, Prune.Images),
        new OptionsCommand<ImageRemoveOptions>(["image rm", "image remove", "rmi"], "[OPTIONS] IMAGE [IMAGE...]", "Remove images", ArgumentCount.AtLeast(1), ImageRemove.Run),
        new OptionsCommand<SaveOptions>(["image save", "save"], "[OPTIONS] IMAGE [IMAGE...]", "Write images to a tar archive, on standard output by default", ArgumentCount.AtLeast(1), ImageSave.Run),
        new OptionsCommand<NoOptions>(["image tag", "tag"], "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]", "Give an image another name", ArgumentCount.Exactly(2), ImageTag.Run),
    ];
}
