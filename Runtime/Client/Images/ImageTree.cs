using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Images.Tree;
using Rtd.Client.Json;

namespace Rtd.Client.Images;

/// <summary>Shows which layers images share, and what the removal of each name alone would free.</summary>
internal static class ImageTree
{
    public static int Run(ClientContext context, ImageListOptions options, IReadOnlyList<string> filters)
    {
        if (options.Quiet)
        {
            throw new ClientException("--quiet is not yet supported with --tree");
        }

        if (options.Format is { Length: > 0 } and not "json")
        {
            throw new ClientException("--tree takes no other --format than \"json\"");
        }

        ImageForest forest = ImageForest.Read(context.Engine);
        HashSet<string>? wanted = filters.Count > 0 ? Matching(context.Engine, filters) : null;
        List<TreeImage> images = [.. forest.Images.Where(image => wanted is null || wanted.Contains(image.Id))];
        if (options.Format == "json")
        {
            images.ForEach(image => context.Out.WriteLine(TreeJson.Line(forest, image)));
        }
        else
        {
            new TreePrinter(forest, !options.NoTruncate).Print(context.Out, images);
        }

        return 0;
    }

    /// <summary>Ids of the images that the daemon's filters let through; what they share is counted among all.</summary>
    private static HashSet<string> Matching(EngineClient engine, IReadOnlyList<string> filters)
    {
        using JsonDocument document = engine.GetJson(new QueryString("/images/json").Add("filters", Filters.Encode(filters)).ToString());
        return [.. document.RootElement.Items().Select(image => image.Text("Id"))];
    }
}
