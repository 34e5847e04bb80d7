using Rtd.Client.Engine;
using Rtd.Client.Registries;
using Rtd.Client.Terminal;

namespace Rtd.Client.Images;

/// <summary>Has the daemon pull an image, with the user's credentials for its registry.</summary>
internal static class ImagePull
{
    public static int Run(ClientContext context, PullOptions options, List<string> arguments)
    {
        ImageReference reference = ImageReference.Parse(arguments[0]);
        bool isNameOnly = reference.Tag is null && reference.Digest is null;
        if (options.AllTags && !isNameOnly)
        {
            throw new ClientException("tag can't be used with --all-tags/-a");
        }

        if (!options.AllTags && isNameOnly && !options.Quiet)
        {
            context.Out.WriteLine("Using default tag: latest");
            context.Out.Flush();
        }

        Pull(context, reference, options.AllTags, options.Platform, options.Quiet ? new DiscardingSink() : context.Out);
        context.Out.WriteLine(options.AllTags ? reference.Full : reference.Tagged.Full);
        return 0;
    }

    /// <exception cref="ClientException">The daemon refuses, or the registry does.</exception>
    public static void Pull(ClientContext context, ImageReference reference, bool allTags, string? platform, TextSink progress)
    {
        string tag = allTags ? "" : reference.Digest ?? reference.Tagged.Tag!;
        string path = new QueryString("/images/create").Add("fromImage", reference.FullName).Add("tag", tag).Add("platform", platform?.ToLowerInvariant()).ToString();
        using EngineResponse response = context.Engine.Send("POST", path, null, RegistryAuth.Field(context, reference.Registry));
        new ProgressPrinter(progress).Print(response.Body);
    }
}
