namespace Rtd.Daemon.Api.Models;

/// <summary>The body of a disconnect of a container from a network.</summary>
internal sealed class NetworkDisconnectRequest
{
    /// <summary>Id or name.</summary>
    public string Container { get; set; } = "";

    /// <summary>Also takes a container off that is not there any more.</summary>
    public bool Force { get; set; }
}
