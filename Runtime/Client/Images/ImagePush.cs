using Rtd.Client.Engine;
using Rtd.Client.Terminal;

namespace Rtd.Client.Images;

/// <summary>Has the daemon push an image, with the user's credentials for its registry.</summary>
internal static class ImagePush
{
    public static int Run(ClientContext context, PushOptions options, List<string> arguments)
    {
        ImageReference reference = ImageReference.Parse(arguments[0]);
        if (options.AllTags && reference.Tag is not null)
        {
            throw new ClientException("tag can't be used with --all-tags/-a");
        }

        string tag = options.AllTags ? "" : reference.Tag ?? "latest";
        if (!options.AllTags && reference.Tag is null && !options.Quiet)
        {
            context.Out.WriteLine("Using default tag: latest");
            context.Out.Flush();
        }

        string path = new QueryString($"/images/{QueryString.Segment(reference.FullName)}/push").Add("tag", tag).Add("platform", options.Platform).ToString();
        KeyValuePair<string, string> auth = new("X-Registry-Auth", context.Config.EncodedAuth(reference.Registry));
        using EngineResponse response = context.Engine.Send("POST", path, null, auth);
        new ProgressPrinter(options.Quiet ? new DiscardingSink() : context.Out).Print(response.Body);
        if (options.Quiet)
        {
            context.Out.WriteLine($"{reference.FullName}{(tag.Length > 0 ? ":" + tag : "")}");
        }

        return 0;
    }
}
