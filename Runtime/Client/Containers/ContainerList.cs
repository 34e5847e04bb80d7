using System.Globalization;
using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Containers;

/// <summary>Lists containers.</summary>
internal static class ContainerList
{
    private const string DefaultTable = "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}";

    public static int Run(ClientContext context, ListOptions options, List<string> arguments)
    {
        string? format = options.Format ?? (options.Quiet ? null : context.Config.PsFormat);
        // Sizes cost the daemon a walk over the files, so they are only asked for when they are shown.
        bool wantsSize = options.Size || (format is not null && new UsedFields(ContainerRow.Table.TypeName, ContainerRow.Table.Fields.Select(field => field.Name)).Uses(format, "Size"));
        QueryString query = new QueryString("/containers/json").Add("all", options.All || options.Last is not null || options.Latest).Add("size", wantsSize).Add("filters", Filters.Encode(options.Filters));
        long last = options.Latest && options.Last is null ? 1 : options.Last ?? -1;
        if (last > 0)
        {
            query.Add("limit", last.ToString(CultureInfo.InvariantCulture));
        }

        using JsonDocument document = context.Engine.GetJson(query.ToString());
        IEnumerable<ContainerRow> rows = document.RootElement.Items().Select(container => new ContainerRow(container, !options.NoTruncate, DateTimeOffset.UtcNow));
        bool isTable = format is null || format.StartsWith("table", StringComparison.Ordinal);
        string chosen = options.Quiet && isTable ? "{{.ID}}" : format ?? "table";
        ListPrinter.Print(context.Out, chosen, options.Size ? DefaultTable + "\t{{.Size}}" : DefaultTable, ContainerRow.Table, rows);
        return 0;
    }
}
