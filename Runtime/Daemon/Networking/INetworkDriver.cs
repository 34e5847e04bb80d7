namespace Rtd.Daemon.Networking;

/// <summary>A kind of network. One folder per driver; what drivers share (addresses, endpoints, names, firewall, publishing, links) stands beside them.</summary>
internal interface INetworkDriver
{
    /// <summary>As the API names it: bridge, host, null, macvlan, ipvlan.</summary>
    string Type { get; }

    /// <summary>Checks the options of a network that is to be made, and completes them; throws invalid parameter or conflict.</summary>
    /// <param name="others">The networks there are.</param>
    void Validate(NetworkRecord record, IReadOnlyList<INetwork> others);

    /// <summary>Makes the network's kernel objects, or takes over those of a former daemon. May change the record; the caller saves it.</summary>
    INetwork Open(NetworkRecord record);

    /// <summary>Removes what there may be in the kernel of a network that was never finished, or whose removal was not.</summary>
    void Discard(NetworkRecord record);
}
