using System.Text.Json;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Images;

/// <summary>A step of an image's making as history shows it.</summary>
internal sealed class HistoryRow(JsonElement entry, bool truncate, bool human, DateTimeOffset now)
{
    private const int CommandWidth = 45;

    public static FieldTable<HistoryRow> Table { get; } = new(
        "*formatter.historyContext",
        new("ID", "IMAGE", row => row.Id),
        new("CreatedSince", "CREATED", row => row.CreatedSince),
        new("CreatedAt", "CREATED AT", row => GoTime.LocalRfc3339(row.Created)),
        new("CreatedBy", "CREATED BY", row => row.CreatedBy),
        new("Size", "SIZE", row => row.Size),
        new("Comment", "COMMENT", row => row.Comment));

    private DateTimeOffset Created => DateTimeOffset.FromUnixTimeSeconds(entry.Number("Created"));

    private string Id => truncate ? Ellipsis.ShortId(entry.Text("Id")) : entry.Text("Id");

    private string CreatedSince => entry.Number("Created") <= 0 ? "N/A" : Ago.Since(Created, now);

    private string Comment => entry.Text("Comment");

    private string CreatedBy
    {
        get
        {
            string command = entry.Text("CreatedBy").Replace('\t', ' ');
            return truncate ? Ellipsis.Cut(command, CommandWidth) : command;
        }
    }

    private string Size
    {
        get
        {
            long size = entry.Number("Size");
            return human ? HumanSize.Decimal(size, 3) : size.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
