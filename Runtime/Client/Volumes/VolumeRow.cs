using System.Text.Json;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Volumes;

/// <summary>A volume as volume ls shows it.</summary>
internal static class VolumeRow
{
    private const string Unknown = "N/A";

    public static FieldTable<JsonElement> Table { get; } = new(
        "*formatter.volumeContext",
        new("Name", "VOLUME NAME", volume => volume.Text("Name")),
        new("Driver", "DRIVER", volume => volume.Text("Driver")),
        new("Scope", "SCOPE", volume => volume.Text("Scope")),
        new("Mountpoint", "MOUNTPOINT", volume => volume.Text("Mountpoint")),
        new("Labels", "LABELS", volume => volume.Member("Labels").Pairs()),
        new("Links", "LINKS", volume => Usage(volume, "RefCount", count => count.ToString(System.Globalization.CultureInfo.InvariantCulture))),
        new("Size", "SIZE", volume => Usage(volume, "Size", size => HumanSize.Decimal(size))),
        new("Group", "GROUP", _ => Unknown),
        new("Availability", "AVAILABILITY", _ => Unknown),
        new("Status", "STATUS", _ => Unknown))
    {
        Label = (volume, name) => volume.Member("Labels").Text(name),
    };

    private static string Usage(JsonElement volume, string name, Func<long, string> text) =>
        volume.Member("UsageData").ValueKind == JsonValueKind.Object ? text(volume.Member("UsageData").Number(name)) : Unknown;
}
