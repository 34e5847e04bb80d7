namespace Rtd.Daemon.Api.Models;

/// <summary>The answer to a prune of networks.</summary>
internal sealed class NetworkPruneReport
{
    public List<string> NetworksDeleted { get; set; } = [];
}
