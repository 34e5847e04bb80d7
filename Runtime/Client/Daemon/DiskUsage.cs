using System.Text;
using System.Text.Json;
using Rtd.Client.Containers;
using Rtd.Client.Formatting;
using Rtd.Client.Images;
using Rtd.Client.Json;
using Rtd.Client.Templates;
using Rtd.Client.Volumes;

namespace Rtd.Client.Daemon;

/// <summary>Shows what takes space on disk.</summary>
internal static class DiskUsage
{
    private const string DefaultTable = "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}";
    private const string ImageTable = "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}";
    private const string ContainerTable = "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}";
    private const string VolumeTable = "{{.Name}}\t{{.Links}}\t{{.Size}}";

    public static int Run(ClientContext context, DiskUsageOptions options, List<string> arguments)
    {
        using JsonDocument document = context.Engine.GetJson("/system/df");
        if (!options.Verbose)
        {
            ListPrinter.Print(context.Out, options.Format, DefaultTable, DiskUsageRow.Table, Rows(document.RootElement));
        }
        else if (options.Format is { Length: > 0 } format && !format.StartsWith("table", StringComparison.Ordinal))
        {
            context.Out.Write(Render(ObjectTemplate.Parse(format)!, document.RootElement));
        }
        else
        {
            PrintVerbose(context, document.RootElement);
        }

        return 0;
    }

    private static DiskUsageRow[] Rows(JsonElement usage) => [Images(usage), Containers(usage), LocalVolumes(usage), BuildCache(usage)];

    private static DiskUsageRow Images(JsonElement usage)
    {
        JsonElement[] images = [.. usage.Member("Images").Items()];
        long size = usage.Number("LayersSize");
        long used = images.Where(image => image.Number("Containers") != 0 && image.Number("Size") != -1 && image.Number("SharedSize") != -1).Sum(image => image.Number("Size") - image.Number("SharedSize"));
        return new DiskUsageRow("Images", images.Length, images.Count(image => image.Number("Containers") > 0), size, size - used);
    }

    private static DiskUsageRow Containers(JsonElement usage)
    {
        JsonElement[] containers = [.. usage.Member("Containers").Items()];
        bool IsActive(JsonElement container) => container.Text("State") is "running" or "paused" or "restarting";
        long size = containers.Sum(container => container.Number("SizeRw"));
        long active = containers.Where(IsActive).Sum(container => container.Number("SizeRw"));
        return new DiskUsageRow("Containers", containers.Length, containers.Count(IsActive), size, size - active);
    }

    private static DiskUsageRow LocalVolumes(JsonElement usage)
    {
        JsonElement[] volumes = [.. usage.Member("Volumes").Items()];
        long size = volumes.Sum(volume => Math.Max(0, volume.Member("UsageData").Number("Size")));
        long free = volumes.Where(volume => volume.Member("UsageData").Number("RefCount") == 0).Sum(volume => Math.Max(0, volume.Member("UsageData").Number("Size")));
        return new DiskUsageRow("Local Volumes", volumes.Length, volumes.Count(volume => volume.Member("UsageData").Number("RefCount") > 0), size, free);
    }

    private static DiskUsageRow BuildCache(JsonElement usage)
    {
        JsonElement[] records = [.. usage.Member("BuildCache").Items()];
        JsonElement[] own = [.. records.Where(record => !record.Flag("Shared"))];
        return new DiskUsageRow("Build Cache", records.Length, records.Count(record => record.Flag("InUse")), own.Sum(record => record.Number("Size")), own.Where(record => !record.Flag("InUse")).Sum(record => record.Number("Size")));
    }

    private static void PrintVerbose(ClientContext context, JsonElement usage)
    {
        context.Out.WriteLine("Images space usage:\n");
        ListPrinter.Print(context.Out, null, ImageTable, ImageRow.Table, ImageRows(usage, truncate: true));
        context.Out.WriteLine("\nContainers space usage:\n");
        ListPrinter.Print(context.Out, null, ContainerTable, ContainerRow.Table, ContainerRows(usage, truncate: true));
        context.Out.WriteLine("\nLocal Volumes space usage:\n");
        ListPrinter.Print(context.Out, null, VolumeTable, VolumeRow.Table, usage.Member("Volumes").Items());
        context.Out.WriteLine($"\nBuild cache usage: {HumanSize.Decimal(BuildCache(usage).Size)}\n");
        context.Out.WriteLine("CACHE ID   CACHE TYPE   SIZE      CREATED   LAST USED   USAGE     SHARED");
    }

    /// <summary>A template sees all lists as one object.</summary>
    private static string Render(Template template, JsonElement usage)
    {
        StringBuilder json = new("{\"Images\":");
        WriteList(json, ImageRow.Table, ImageRows(usage, truncate: false));
        WriteList(json.Append(",\"Containers\":"), ContainerRow.Table, ContainerRows(usage, truncate: false));
        WriteList(json.Append(",\"Volumes\":"), VolumeRow.Table, usage.Member("Volumes").Items());
        json.Append(",\"BuildCache\":[]}");
        using JsonDocument whole = JsonDocument.Parse(json.ToString());
        return template.Render(new TypedObject(whole.RootElement, "*formatter.diskUsageContext"));
    }

    private static void WriteList<T>(StringBuilder json, FieldTable<T> table, IEnumerable<T> items)
    {
        char separator = '[';
        foreach (T item in items)
        {
            json.Append(separator);
            separator = ',';
            new FieldRow<T>(table, item).WriteJson(json);
        }

        json.Append(separator == '[' ? "[]" : "]");
    }

    private static IEnumerable<ImageRow> ImageRows(JsonElement usage, bool truncate) =>
        usage.Member("Images").Items().SelectMany(image => ImageRow.Of(image, withDigests: false, truncate, DateTimeOffset.UtcNow));

    private static IEnumerable<ContainerRow> ContainerRows(JsonElement usage, bool truncate) =>
        usage.Member("Containers").Items().Select(container => new ContainerRow(container, truncate, DateTimeOffset.UtcNow, withImageSize: false));
}
