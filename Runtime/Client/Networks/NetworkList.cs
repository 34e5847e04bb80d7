using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Networks;

/// <summary>Lists networks by name.</summary>
internal static class NetworkList
{
    private const string DefaultTable = "{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}";

    public static int Run(ClientContext context, NetworkListOptions options, List<string> arguments)
    {
        using JsonDocument document = context.Engine.GetJson(new QueryString("/networks").Add("filters", Filters.Encode(options.Filters)).ToString());
        IEnumerable<NetworkRow> rows = document.RootElement.Items().OrderBy(network => network.Text("Name"), NaturalOrder.Instance).Select(network => new NetworkRow(network, !options.NoTruncate));
        string? format = options.Format ?? (options.Quiet ? "{{.ID}}" : context.Config.NetworksFormat);
        ListPrinter.Print(context.Out, format, DefaultTable, NetworkRow.Table, rows);
        return 0;
    }
}
