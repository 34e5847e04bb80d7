namespace Rtd.Daemon.Networking;

/// <summary>A kind of network. One folder per driver; what drivers share (pools, firewall, publishing, links) stands beside them.</summary>
internal interface INetworkDriver
{
    /// <summary>As the API names it: bridge, host, null.</summary>
    string Type { get; }

    /// <summary>Makes the network's kernel objects, or takes over those of a former daemon. May change the record; the caller saves it.</summary>
    INetwork Open(NetworkRecord record);
}
