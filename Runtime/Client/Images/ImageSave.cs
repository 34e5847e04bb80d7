using Rtd.Client.Engine;

namespace Rtd.Client.Images;

/// <summary>Writes images to a tar archive.</summary>
internal static class ImageSave
{
    public static int Run(ClientContext context, SaveOptions options, List<string> arguments)
    {
        ArchiveOutput.Check(context, options.Output, "failed to save image", mayBeDevice: false);
        QueryString query = new("/images/get");
        arguments.ForEach(name => query.Add("names", name));
        using EngineResponse response = context.Engine.Send("GET", query.Add("platform", PlatformJson.Of(options.Platform)).ToString());
        ArchiveOutput.Copy(response.Body, options.Output);
        return 0;
    }
}
