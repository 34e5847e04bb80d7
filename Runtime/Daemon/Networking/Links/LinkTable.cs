using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using Rtd.Daemon.Networking.Addressing;
using Rtd.Protocol.Netlink;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Links;

/// <summary>The host's links, addresses and routes by rtnetlink. Callers in parallel use a socket each; one is kept for the next.</summary>
internal sealed class LinkTable : IDisposable
{
    /// <summary>IFNAMSIZ less the NUL.</summary>
    private const int MaxNameLength = 15;

    private readonly ConcurrentBag<NetlinkSocket> _idle = [];
    private volatile bool _disposed;

    /// <summary>Sends all requests at once; see <see cref="NetlinkSocket.Execute"/>.</summary>
    public void Execute(NetlinkBatch batch) => Use(socket =>
    {
        socket.Execute(batch);
        return true;
    });

    /// <summary>The index of a link, or 0.</summary>
    public int IndexOf(string name) => Use(socket => socket.IndexOf(name));

    /// <summary>All links. The kernel writes some 1.5 KB for each: not to be asked for once per network.</summary>
    public List<LinkInfo> Links() => Use(socket => socket.Dump(ListLinks(), ParseLink));

    /// <summary>The links that are in a bridge.</summary>
    /// <param name="bridge">The bridge's index.</param>
    public IEnumerable<LinkInfo> Ports(int bridge) =>
        Use(socket => socket.Dump(ListLinks().Put(Rtnetlink.IFLA_MASTER, (uint)bridge), ParseLink)).Where(link => link.Master == bridge);

    /// <summary>Subnets that the host can reach, or is in, by other links than this one.</summary>
    /// <param name="except">Index of a link that does not count, or 0.</param>
    public List<IpSubnet> Occupied(int except) =>
    [
        .. Routes().Where(route => route.Link != except || except == 0).Select(route => route.Destination),
        .. Addresses().Where(address => address.Link != except).Select(address => new IpSubnet(address.Address, address.PrefixLength)),
    ];

    public LinkInfo? Find(string name) => name.Length is 0 or > MaxNameLength ? null : Use(socket => socket.Get(
        new NetlinkBatch(64).Begin(Rtnetlink.RTM_GETLINK, 0, "find link", name, Libc.ENODEV).LinkHeader().Put(Rtnetlink.IFLA_IFNAME, name), ParseLink));

    public List<LinkAddress> Addresses() => Use(socket => socket.Dump(ListAddresses(0), ParseAddress));

    /// <summary>The addresses of one link; none when there is no such link.</summary>
    /// <param name="link">Its index.</param>
    public IEnumerable<LinkAddress> Addresses(int link) => Use(socket => socket.Dump(ListAddresses(link), ParseAddress)).Where(address => address.Link == link);

    /// <summary>Routes of all tables but the kernel's table of local addresses, without default routes.</summary>
    public List<HostRoute> Routes() => Use(socket => socket.Dump(
        new NetlinkBatch(64).Begin(Rtnetlink.RTM_GETROUTE, Rtnetlink.NLM_F_DUMP, "list", "routes").Raw(new byte[Rtnetlink.RtMsgSize]), ParseRoute));

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out NetlinkSocket? socket))
        {
            socket.Dispose();
        }
    }

    private static NetlinkBatch ListLinks() => new NetlinkBatch(64).Begin(Rtnetlink.RTM_GETLINK, Rtnetlink.NLM_F_DUMP, "list", "links").LinkHeader();

    private static NetlinkBatch ListAddresses(int link)
    {
        byte[] header = new byte[Rtnetlink.IfAddrMsgSize];
        MemoryMarshal.Write(header.AsSpan(4), link);
        return new NetlinkBatch(64).Begin(Rtnetlink.RTM_GETADDR, Rtnetlink.NLM_F_DUMP, "list", "addresses", Libc.ENODEV).Raw(header);
    }

    private T Use<T>(Func<NetlinkSocket, T> action)
    {
        NetlinkSocket socket = _idle.TryTake(out NetlinkSocket? idle) ? idle : new NetlinkSocket();
        try
        {
            return action(socket);
        }
        finally
        {
            if (_disposed || !_idle.IsEmpty)
            {
                socket.Dispose();
            }
            else
            {
                _idle.Add(socket);
            }
        }
    }

    private static LinkInfo? ParseLink(ushort type, ReadOnlySpan<byte> payload)
    {
        if (type != Rtnetlink.RTM_NEWLINK)
        {
            return null;
        }

        string name = "", kind = "", alias = "";
        int master = 0;
        uint mtu = 0;
        byte[] mac = [];
        NetlinkAttributes attributes = new(payload[Rtnetlink.IfInfoMsgSize..]);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case Rtnetlink.IFLA_IFNAME:
                    name = attributes.Text;
                    break;
                case Rtnetlink.IFLA_IFALIAS:
                    alias = attributes.Text;
                    break;
                case Rtnetlink.IFLA_MASTER:
                    master = (int)attributes.UInt32;
                    break;
                case Rtnetlink.IFLA_MTU:
                    mtu = attributes.UInt32;
                    break;
                case Rtnetlink.IFLA_ADDRESS:
                    mac = attributes.Value.ToArray();
                    break;
                case Rtnetlink.IFLA_LINKINFO:
                    kind = KindOf(attributes.Nested);
                    break;
            }
        }

        return new LinkInfo(MemoryMarshal.Read<int>(payload[4..]), name, kind, master, alias, mtu, mac);
    }

    private static string KindOf(NetlinkAttributes info)
    {
        while (info.Next())
        {
            if (info.Type == Rtnetlink.IFLA_INFO_KIND)
            {
                return info.Text;
            }
        }

        return "";
    }

    private static bool IsIP(byte family) => family is Libc.AF_INET or Libc.AF_INET6;

    private static LinkAddress? ParseAddress(ushort type, ReadOnlySpan<byte> payload)
    {
        if (type != Rtnetlink.RTM_NEWADDR || !IsIP(payload[0]))
        {
            return null;
        }

        IPAddress? address = null;
        NetlinkAttributes attributes = new(payload[Rtnetlink.IfAddrMsgSize..]);
        while (attributes.Next())
        {
            // IFA_LOCAL is the link's own address, IFA_ADDRESS may be the peer's; of IPv6 there is often only the latter.
            if (attributes.Type == Rtnetlink.IFA_LOCAL || (attributes.Type == Rtnetlink.IFA_ADDRESS && address is null))
            {
                address = new IPAddress(attributes.Value);
            }
        }

        return address is null ? null : new LinkAddress(MemoryMarshal.Read<int>(payload[4..]), address, payload[1]);
    }

    private static HostRoute? ParseRoute(ushort type, ReadOnlySpan<byte> payload)
    {
        if (type != Rtnetlink.RTM_NEWROUTE || !IsIP(payload[0]) || payload[1] == 0 || payload[4] == Rtnetlink.RT_TABLE_LOCAL)
        {
            return null;
        }

        IPAddress? destination = null;
        int link = 0;
        NetlinkAttributes attributes = new(payload[Rtnetlink.RtMsgSize..]);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case Rtnetlink.RTA_DST:
                    destination = new IPAddress(attributes.Value);
                    break;
                case Rtnetlink.RTA_OIF:
                    link = (int)attributes.UInt32;
                    break;
            }
        }

        return destination is null ? null : new HostRoute(new IpSubnet(destination, payload[1]), link);
    }
}
