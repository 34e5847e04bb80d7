namespace Rtd.Daemon.Api.Models;

/// <summary>The body of <c>POST /networks/create</c>.</summary>
internal sealed partial class NetworkCreateRequest
{
    public string Name { get; set; } = "";

    /// <summary>Names are unique whatever it says, as since API 1.44.</summary>
    public bool CheckDuplicate { get; set; }

    public string Driver { get; set; } = "";

    public string Scope { get; set; } = "";

    public bool Internal { get; set; }

    public bool Attachable { get; set; }

    public bool Ingress { get; set; }

    public bool ConfigOnly { get; set; }

    public NetworkConfigReference? ConfigFrom { get; set; }

    public NetworkIpam? IPAM { get; set; }

    /// <summary>Null: yes.</summary>
    public bool? EnableIPv4 { get; set; }

    /// <summary>Null: as the daemon's --ipv6 says.</summary>
    public bool? EnableIPv6 { get; set; }

    public Dictionary<string, string>? Options { get; set; }

    public Dictionary<string, string>? Labels { get; set; }
}
