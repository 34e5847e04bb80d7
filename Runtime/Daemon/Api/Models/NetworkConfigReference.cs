namespace Rtd.Daemon.Api.Models;

/// <summary>The network another takes its configuration from (<c>ConfigReference</c> of the API); empty for networks of one machine.</summary>
internal sealed class NetworkConfigReference
{
    public string Network { get; set; } = "";
}
