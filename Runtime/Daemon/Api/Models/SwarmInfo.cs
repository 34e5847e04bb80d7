namespace Rtd.Daemon.Api.Models;

/// <summary>Swarm mode, in which this engine never is.</summary>
internal sealed class SwarmInfo
{
    public string NodeID => "";

    public string NodeAddr => "";

    public string LocalNodeState => "inactive";

    public bool ControlAvailable => false;

    public string Error => "";

    public object? RemoteManagers => null;
}
