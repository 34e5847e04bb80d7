namespace Rtd.Daemon.Api.Models;

/// <summary>The answer of a request that made something with an id.</summary>
internal sealed class IdResponse
{
    public string Id { get; set; } = "";
}
