using System.Collections.Concurrent;
using System.Net;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Endpoints;
using Rtd.Daemon.Networking.Links;
using Rtd.Daemon.Networking.Namespaces;
using Rtd.Protocol.Netlink;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Parents;

/// <summary>A network whose containers have links of their own on a link of the host: macvlan and ipvlan.</summary>
/// <remarks>Such a link lies in the container's namespace alone; the namespace is held until the endpoint ends, to delete the link there.</remarks>
internal sealed class ParentNetwork : AddressedNetwork
{
    private readonly ConcurrentDictionary<string, NetworkNamespace> _held = [];
    private readonly LinkTable _links;
    private readonly ParentLinks _parents;

    private ParentNetwork(NetworkRecord record, IReadOnlyList<NetworkPool> pools, ParentSettings settings, LinkTable links, ParentLinks parents)
        : base(record, pools)
    {
        Settings = settings;
        _links = links;
        _parents = parents;
    }

    public ParentSettings Settings { get; }

    /// <summary>Makes the parent, if it can be made and is not there.</summary>
    public static ParentNetwork Open(NetworkRecord record, ParentSettings settings, LinkTable links, ParentLinks parents)
    {
        parents.Acquire(settings.Parent);
        try
        {
            return new ParentNetwork(record, record.Pools.ConvertAll(pool => pool.ToPool()), settings, links, parents);
        }
        catch
        {
            parents.Release(settings.Parent);
            throw;
        }
    }

    public override IReadOnlyDictionary<string, string> Options => Record.Options;

    public override IReadOnlyList<IPAddress> PublishAddresses => [];

    public override void PlugIn(Endpoint endpoint, NetworkNamespace target)
    {
        NetworkNamespace held = target.Duplicate();
        try
        {
            int parent = _links.IndexOf(Settings.Parent);
            if (parent == 0)
            {
                throw EngineException.System($"{Settings.Kind} network {Record.Name}: its parent link {Settings.Parent} is not there");
            }

            _links.Execute(CreateRequest(endpoint, target, parent));
            _held[endpoint.EndpointId] = held;
        }
        catch (SyscallException failure) when (failure.Errno is Libc.EOPNOTSUPP or Libc.ENODEV)
        {
            held.Dispose();
            throw EngineException.System($"{Settings.Kind} network {Record.Name}: this kernel cannot make {Settings.Kind} links: {failure.Message}", failure);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public override void Resume(Endpoint endpoint, NetworkNamespace target) => _held[endpoint.EndpointId] = target.Duplicate();

    public override async Task UnplugAsync(Endpoint endpoint)
    {
        if (!_held.TryRemove(endpoint.EndpointId, out NetworkNamespace? held))
        {
            return;
        }

        using (held)
        {
            string name = endpoint.InterfaceName;
            await held.RunAsync(() =>
            {
                using NetlinkSocket socket = new();
                socket.Execute(new NetlinkBatch(128).Begin(Rtnetlink.RTM_DELLINK, 0, "delete link", name, Libc.ENODEV).LinkHeader().Put(Rtnetlink.IFLA_IFNAME, name));
                return true;
            });
        }
    }

    /// <summary>Links of a former daemon's containers went with their namespaces.</summary>
    public override Task SweepAsync() => Task.CompletedTask;

    public override void Remove() => _parents.Release(Settings.Parent);

    private NetlinkBatch CreateRequest(Endpoint endpoint, NetworkNamespace target, int parent)
    {
        NetlinkBatch batch = new NetlinkBatch()
            .Begin(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL, $"create {Settings.Kind} link", $"{endpoint.InterfaceName} on {Settings.Parent}")
            .LinkHeader()
            .Put(Rtnetlink.IFLA_IFNAME, endpoint.InterfaceName)
            .Put(Rtnetlink.IFLA_LINK, parent)
            .Put(Rtnetlink.IFLA_NET_NS_FD, target.Handle.Fd());
        if (Settings.HasOwnMac)
        {
            batch.Put(Rtnetlink.IFLA_ADDRESS, endpoint.Mac);
        }

        if (Settings.Mtu > 0)
        {
            batch.Put(Rtnetlink.IFLA_MTU, Settings.Mtu);
        }

        int info = batch.BeginNest(Rtnetlink.IFLA_LINKINFO);
        batch.Put(Rtnetlink.IFLA_INFO_KIND, Settings.Kind);
        int data = batch.BeginNest(Rtnetlink.IFLA_INFO_DATA);
        Settings.PutMode(batch);
        return batch.EndNest(data).EndNest(info);
    }
}
