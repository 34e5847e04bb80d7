using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Images;

/// <summary>Lists images.</summary>
internal static class ImageList
{
    private const string DefaultTable = "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}";
    private const string DigestTable = "{{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}";

    public static int Run(ClientContext context, ImageListOptions options, List<string> arguments)
    {
        List<string> filters = [.. options.Filters];
        if (arguments.Count > 0)
        {
            filters.Add("reference=" + arguments[0]);
        }

        if (options.Tree)
        {
            return ImageTree.Run(context, options, filters);
        }

        using JsonDocument document = context.Engine.GetJson(new QueryString("/images/json").Add("all", options.All).Add("filters", Filters.Encode(filters)).ToString());
        string? format = options.Format ?? (options.Quiet ? null : context.Config.ImagesFormat);
        bool isTable = format is null || format.StartsWith("table", StringComparison.Ordinal);
        bool withDigests = options.Digests || format?.Contains(".Digest", StringComparison.Ordinal) == true;
        DateTimeOffset now = DateTimeOffset.UtcNow;
        IEnumerable<ImageRow> rows = document.RootElement.Items().SelectMany(image => ImageRow.Of(image, withDigests, !options.NoTruncate, now));
        ListPrinter.Print(context.Out, options.Quiet && isTable ? "{{.ID}}" : format, options.Digests ? DigestTable : DefaultTable, ImageRow.Table, rows);
        return 0;
    }
}
