namespace Rtd.Daemon.Api.Models;

/// <summary>The answer to a create of a network.</summary>
internal sealed class NetworkCreateResponse
{
    public string Id { get; set; } = "";

    public string Warning { get; set; } = "";
}
