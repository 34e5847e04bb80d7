namespace Rtd.Daemon.Api.Models;

/// <summary>The body of a connect of a container to a network.</summary>
internal sealed class NetworkConnectRequest
{
    /// <summary>Id or name.</summary>
    public string Container { get; set; } = "";

    public EndpointSettings? EndpointConfig { get; set; }
}
