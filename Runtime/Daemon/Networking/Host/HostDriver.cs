using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Networking.Host;

/// <summary>"host": the host's own namespace. The exec driver does all there is to do.</summary>
internal sealed class HostDriver : INetworkDriver
{
    public string Type => "host";

    public void Validate(NetworkRecord record, IReadOnlyList<INetwork> others) =>
        throw new EngineException(ErrorKind.Forbidden, "only one instance of \"host\" network is allowed");

    public INetwork Open(NetworkRecord record) => new UnmanagedNetwork(record);

    public void Discard(NetworkRecord record)
    {
    }
}
