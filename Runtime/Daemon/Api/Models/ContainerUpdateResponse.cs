namespace Rtd.Daemon.Api.Models;

/// <summary>The answer to an update.</summary>
internal sealed class ContainerUpdateResponse
{
    public List<string> Warnings { get; set; } = [];
}
