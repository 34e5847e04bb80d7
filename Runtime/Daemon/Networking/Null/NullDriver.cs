namespace Rtd.Daemon.Networking.Null;

/// <summary>"none": a namespace with nothing but lo. The exec driver does all there is to do.</summary>
internal sealed class NullDriver : INetworkDriver
{
    public string Type => "null";

    public INetwork Open(NetworkRecord record) => new UnmanagedNetwork(record);
}
