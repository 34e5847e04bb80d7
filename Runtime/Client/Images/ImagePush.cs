using Rtd.Client.Engine;
using Rtd.Client.Registries;
using Rtd.Client.Terminal;

namespace Rtd.Client.Images;

/// <summary>Has the daemon push an image, with the user's credentials for its registry.</summary>
internal static class ImagePush
{
    private const string PlatformNote = """

         Info -> Using --platform pushes only the specified platform manifest of a multi-platform image index.
                 Other components, like attestations, will not be included.
                 To push the complete multi-platform image, remove the --platform flag.

        """;

    public static int Run(ClientContext context, PushOptions options, List<string> arguments)
    {
        ImageReference given = ImageReference.Parse(arguments[0]);
        if (options.AllTags && (given.Tag is not null || given.Digest is not null))
        {
            throw new ClientException("tag can't be used with --all-tags/-a");
        }

        if (given.Digest is not null)
        {
            throw new ClientException("cannot push a digest reference");
        }

        ImageReference reference = options.AllTags ? given : given.Tagged;
        if (!options.AllTags && given.Tag is null && !options.Quiet)
        {
            context.Out.WriteLine("Using default tag: latest");
        }

        if (options.Platform is not null && !options.Quiet)
        {
            context.Out.WriteLine(PlatformNote);
        }

        context.Out.Flush();
        Push(context, reference, options);
        if (options.Quiet)
        {
            context.Out.WriteLine(reference.Full);
        }

        return 0;
    }

    private static void Push(ClientContext context, ImageReference reference, PushOptions options)
    {
        string path = new QueryString($"/images/{QueryString.Segment(reference.FullName)}/push").Add("tag", reference.Tag).Add("platform", PlatformJson.Of(options.Platform)).ToString();
        using EngineResponse response = context.Engine.Send("POST", path, null, RegistryAuth.Field(context, reference.Registry));
        new ProgressPrinter(options.Quiet ? new DiscardingSink() : context.Out).Print(response.Body);
    }
}
