using Rtd.Client.Engine;
using Rtd.Client.Terminal;

namespace Rtd.Client.Images;

/// <summary>Has the daemon pull an image, with the user's credentials for its registry.</summary>
internal static class ImagePull
{
    public static int Run(ClientContext context, PullOptions options, List<string> arguments)
    {
        ImageReference reference = ImageReference.Parse(arguments[0]);
        if (options.AllTags && (reference.Tag is not null || reference.Digest is not null))
        {
            throw new ClientException("tag can't be used with --all-tags/-a");
        }

        if (!options.AllTags && reference.Tag is null && reference.Digest is null && !options.Quiet)
        {
            context.Out.WriteLine("Using default tag: latest");
            context.Out.Flush();
        }

        TextSink progress = options.Quiet ? new DiscardingSink() : context.Out;
        Pull(context, reference, options.AllTags, options.Platform, progress);
        context.Out.WriteLine(options.AllTags ? reference.FullName : $"{reference.FullName}{(reference.Digest is not null ? "@" + reference.Digest : ":" + (reference.Tag ?? "latest"))}");
        return 0;
    }

    /// <exception cref="ClientException">The daemon refuses, or the registry does.</exception>
    public static void Pull(ClientContext context, ImageReference reference, bool allTags, string? platform, TextSink progress)
    {
        string tag = allTags ? "" : reference.Digest ?? reference.Tag ?? "latest";
        string path = new QueryString("/images/create").Add("fromImage", reference.FullName).Add("tag", tag).Add("platform", platform).ToString();
        KeyValuePair<string, string> auth = new("X-Registry-Auth", context.Config.EncodedAuth(reference.Registry));
        using EngineResponse response = context.Engine.Send("POST", path, null, auth);
        new ProgressPrinter(progress).Print(response.Body);
    }
}
