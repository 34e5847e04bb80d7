using System.Text.Json;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Networks;

/// <summary>A network as network ls shows it.</summary>
internal sealed class NetworkRow(JsonElement network, bool truncate)
{
    public static FieldTable<NetworkRow> Table { get; } = new(
        "*network.networkContext",
        new("ID", "NETWORK ID", row => row.Id),
        new("Name", "NAME", row => row.Network.Text("Name")),
        new("Driver", "DRIVER", row => row.Network.Text("Driver")),
        new("Scope", "SCOPE", row => row.Network.Text("Scope")),
        new("IPv4", "IPV4", row => row.Network.Flag("EnableIPv4") ? "true" : "false"),
        new("IPv6", "IPV6", row => row.Network.Flag("EnableIPv6") ? "true" : "false"),
        new("Internal", "INTERNAL", row => row.Network.Flag("Internal") ? "true" : "false"),
        new("Labels", "LABELS", row => row.Network.Member("Labels").Pairs()),
        new("CreatedAt", "CREATED AT", row => row.CreatedAt))
    {
        Label = (row, name) => row.Network.Member("Labels").Text(name),
    };

    private JsonElement Network { get; } = network;

    private string Id => truncate ? Ellipsis.ShortId(Network.Text("Id")) : Network.Text("Id");

    /// <summary>The daemon's moment in its own zone, to the nanosecond.</summary>
    private string CreatedAt => GoTime.FromRfc3339(Network.Text("Created"));
}
