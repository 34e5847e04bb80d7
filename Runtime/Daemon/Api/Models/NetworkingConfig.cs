namespace Rtd.Daemon.Api.Models;

/// <summary>The networks a container is created on.</summary>
internal sealed class NetworkingConfig
{
    public Dictionary<string, EndpointSettings?>? EndpointsConfig { get; set; }
}
