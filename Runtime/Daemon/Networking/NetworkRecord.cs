namespace Rtd.Daemon.Networking;

/// <summary>What is remembered of a network from one daemon to the next.</summary>
internal sealed class NetworkRecord
{
    public string Name { get; set; } = "";

    /// <summary>64 hex digits.</summary>
    public string Id { get; set; } = "";

    /// <summary>bridge, host or null.</summary>
    public string Driver { get; set; } = "";

    public DateTime Created { get; set; }

    /// <summary>The subnet it had last, in CIDR form; empty for drivers without one.</summary>
    public string Subnet { get; set; } = "";
}
