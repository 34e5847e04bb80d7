namespace Rtd.Daemon.Networking.Host;

/// <summary>"host": the host's own namespace. The exec driver does all there is to do.</summary>
internal sealed class HostDriver : INetworkDriver
{
    public string Type => "host";

    public INetwork Open(NetworkRecord record) => new UnmanagedNetwork(record);
}
