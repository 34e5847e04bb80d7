using System.Globalization;
using Rtd.Client.Formatting;

namespace Rtd.Client.Daemon;

/// <summary>A kind of thing that takes space on disk: how many, how many in use, how much, and how much of it could go.</summary>
internal sealed record DiskUsageRow(string Kind, int Count, int Active, long Size, long Reclaimable)
{
    public static FieldTable<DiskUsageRow> Table { get; } = new(
        "*formatter.diskUsageContext",
        new("Type", "TYPE", row => row.Kind),
        new("TotalCount", "TOTAL", row => row.Count.ToString(CultureInfo.InvariantCulture)),
        new("Active", "ACTIVE", row => row.Active.ToString(CultureInfo.InvariantCulture)),
        new("Size", "SIZE", row => HumanSize.Decimal(row.Size)),
        new("Reclaimable", "RECLAIMABLE", row => row.ReclaimableText));

    private string ReclaimableText =>
        Size > 0 && Kind != "Build Cache" ? string.Create(CultureInfo.InvariantCulture, $"{HumanSize.Decimal(Reclaimable)} ({Reclaimable * 100 / Size}%)") : HumanSize.Decimal(Reclaimable);
}
