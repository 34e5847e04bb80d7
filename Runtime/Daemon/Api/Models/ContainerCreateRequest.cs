using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>The body of a create: the fields of <see cref="ContainerConfig"/> with HostConfig and NetworkingConfig beside them.</summary>
[JsonConverter(typeof(ContainerCreateRequestConverter))]
internal sealed class ContainerCreateRequest
{
    public ContainerConfig Config { get; set; } = new();

    public HostConfig HostConfig { get; set; } = new();

    public NetworkingConfig NetworkingConfig { get; set; } = new();
}
