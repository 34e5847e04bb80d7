namespace Rtd.Daemon.Api.Models;

/// <summary>The graph driver's own data about a container (<c>DriverData</c> of the API).</summary>
internal sealed class GraphDriverData
{
    public Dictionary<string, string> Data { get; set; } = [];

    public string Name { get; set; } = "";
}
