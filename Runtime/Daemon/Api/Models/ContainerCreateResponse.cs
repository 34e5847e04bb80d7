namespace Rtd.Daemon.Api.Models;

/// <summary>The answer to a create.</summary>
internal sealed class ContainerCreateResponse
{
    public string Id { get; set; } = "";

    public List<string> Warnings { get; set; } = [];
}
