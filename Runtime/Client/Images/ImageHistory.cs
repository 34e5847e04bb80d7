using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Images;

/// <summary>Shows the steps of an image's making, the last first.</summary>
internal static class ImageHistory
{
    private const string ExactTable = "{{.ID}}\t{{.CreatedAt}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}";
    private const string DefaultTable = "{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}";

    public static int Run(ClientContext context, HistoryOptions options, List<string> arguments)
    {
        using JsonDocument document = context.Engine.GetJson(new QueryString($"/images/{QueryString.Segment(arguments[0])}/history").Add("platform", PlatformJson.Of(options.Platform)).ToString());
        DateTimeOffset now = DateTimeOffset.UtcNow;
        IEnumerable<HistoryRow> rows = document.RootElement.Items().Select(entry => new HistoryRow(entry, !options.NoTruncate, options.Human == true, now));
        ListPrinter.Print(context.Out, options.Quiet ? "{{.ID}}" : options.Format, options.Human == true ? DefaultTable : ExactTable, HistoryRow.Table, rows);
        return 0;
    }
}
