using System.Net;
using Rtd.Daemon.Networking.Addressing;

namespace Rtd.Daemon.Networking;

/// <summary>A subnet as it is remembered; all in text form.</summary>
internal sealed class PoolRecord
{
    public string Subnet { get; set; } = "";

    /// <summary>Empty: all of the subnet.</summary>
    public string Range { get; set; } = "";

    /// <summary>Empty in a network without one.</summary>
    public string Gateway { get; set; } = "";

    /// <summary>Addresses of other devices, by name.</summary>
    public Dictionary<string, string> Reserved { get; set; } = [];

    /// <summary>The user chose the subnet: then, and only then, may containers ask for addresses of it.</summary>
    public bool Configured { get; set; }

    /// <summary>The checked form; the texts were checked when the network was made.</summary>
    public NetworkPool ToPool() => new(
        IpSubnet.Parse(Subnet) ?? throw new InvalidDataException($"network state: bad subnet {Subnet}"),
        Range.Length > 0 ? IpSubnet.Parse(Range) : null,
        Gateway.Length > 0 ? IPAddress.Parse(Gateway) : null,
        Reserved.ToDictionary(pair => pair.Key, pair => IPAddress.Parse(pair.Value)));
}
