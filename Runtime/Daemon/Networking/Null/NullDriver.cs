using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Networking.Null;

/// <summary>"none": a namespace with nothing but lo. The exec driver does all there is to do.</summary>
internal sealed class NullDriver : INetworkDriver
{
    public string Type => "null";

    public void Validate(NetworkRecord record, IReadOnlyList<INetwork> others) =>
        throw new EngineException(ErrorKind.Forbidden, "only one instance of \"null\" network is allowed");

    public INetwork Open(NetworkRecord record) => new UnmanagedNetwork(record);

    public void Discard(NetworkRecord record)
    {
    }
}
