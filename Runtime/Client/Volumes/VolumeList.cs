using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Volumes;

/// <summary>Lists volumes by name.</summary>
internal static class VolumeList
{
    private const string DefaultTable = "{{.Driver}}\t{{.Name}}";

    public static int Run(ClientContext context, VolumeListOptions options, List<string> arguments)
    {
        using JsonDocument document = context.Engine.GetJson(new QueryString("/volumes").Add("filters", Filters.Encode(options.Filters)).ToString());
        IEnumerable<JsonElement> volumes = document.RootElement.Member("Volumes").Items().OrderBy(volume => volume.Text("Name"), NaturalOrder.Instance);
        string? format = options.Format ?? (options.Quiet ? "{{.Name}}" : context.Config.VolumesFormat);
        ListPrinter.Print(context.Out, format, DefaultTable, VolumeRow.Table, volumes);
        return 0;
    }
}
