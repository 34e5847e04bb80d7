namespace Rtd.Daemon.Api.Models;

/// <summary>A network, as list and inspect show it (<c>Network</c> of the API).</summary>
internal sealed partial class NetworkResource
{
    public string Name { get; set; } = "";

    public string Id { get; set; } = "";

    public DateTime Created { get; set; }

    public string Scope { get; set; } = "local";

    public string Driver { get; set; } = "";

    public bool EnableIPv4 { get; set; }

    public bool EnableIPv6 { get; set; }

    public NetworkIpam IPAM { get; set; } = new();

    public bool Internal { get; set; }

    public bool Attachable { get; set; }

    public bool Ingress { get; set; }

    public NetworkConfigReference ConfigFrom { get; set; } = new();

    public bool ConfigOnly { get; set; }

    /// <summary>By container id; empty in lists.</summary>
    public Dictionary<string, NetworkContainer> Containers { get; set; } = [];

    public Dictionary<string, string> Options { get; set; } = [];

    public Dictionary<string, string> Labels { get; set; } = [];
}
