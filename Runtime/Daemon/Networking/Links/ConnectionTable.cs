using System.Buffers.Binary;
using System.Net;
using NLog;
using Rtd.Daemon.Networking.Firewall;
using Rtd.Protocol.Netlink;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Links;

/// <summary>Removes entries of the kernel's connection tracking that would outlive the rules they were made by.</summary>
/// <remarks>
/// Address translation is decided once per connection. A udp client that never falls silent would go on to a container that is gone,
/// or to the host when the port is published only later.
/// </remarks>
internal sealed class ConnectionTable : IDisposable
{
    // linux/netfilter/nfnetlink.h and nfnetlink_conntrack.h
    private const ushort CtGet = 1 << 8 | 1, CtDelete = 1 << 8 | 2;
    private const ushort CTA_TUPLE_ORIG = 1, CTA_TUPLE_REPLY = 2;
    private const ushort CTA_TUPLE_IP = 1, CTA_TUPLE_PROTO = 2;
    private const ushort CTA_IP_V4_SRC = 1, CTA_IP_V4_DST = 2;
    private const ushort CTA_PROTO_NUM = 1, CTA_PROTO_DST_PORT = 3;
    private const byte ProtocolUdp = 17;

    private static readonly Logger s_log = LogManager.GetLogger("network");

    private readonly Lock _gate = new();

    // Kept open: the close of a netfilter socket waits for nf_tables to have disposed of what was deleted, 10 to 25 ms.
    private readonly NetlinkSocket _socket = new(Libc.NETLINK_NETFILTER);

    /// <summary>Forgets udp flows that were translated to the containers of ports which are published no more.</summary>
    /// <remarks>A tcp connection ends with its container's sockets. The walk through the kernel's table costs milliseconds, so udp alone pays for it.</remarks>
    public void ForgetTranslated(IReadOnlyList<PublishedPort> ports)
    {
        List<PublishedPort> udp = UdpOf(ports);
        if (udp.Count > 0)
        {
            Forget(flow => flow.Protocol == ProtocolUdp && !flow.ReplySource.Equals(flow.Destination)
                && udp.Exists(port => flow.ReplySource.Equals(port.ContainerAddress)));
        }
    }

    /// <summary>Forgets udp flows to ports that have just been published.</summary>
    public void ForgetUntranslated(IReadOnlyList<PublishedPort> ports)
    {
        List<PublishedPort> udp = UdpOf(ports);
        if (udp.Count > 0)
        {
            Forget(flow => flow.Protocol == ProtocolUdp && udp.Exists(port => port.HostPort == flow.DestinationPort
                && (port.HostAddress.Equals(IPAddress.Any) || port.HostAddress.Equals(flow.Destination))));
        }
    }

    public void Dispose() => _socket.Dispose();

    private static List<PublishedPort> UdpOf(IReadOnlyList<PublishedPort> ports) =>
        [.. ports.Where(port => port.Protocol == "udp" && !port.IsIPv6 && port.IsTranslated)];

    private void Forget(Predicate<TrackedFlow> match)
    {
        try
        {
            lock (_gate)
            {
                NetlinkBatch deletions = new();
                foreach (TrackedFlow flow in _socket.Dump(new NetlinkBatch(64).Begin(CtGet, Rtnetlink.NLM_F_DUMP, "list", "connections").Raw(Header), Parse))
                {
                    if (match(flow))
                    {
                        deletions.Begin(CtDelete, 0, "forget connection", flow.Destination.ToString(), Libc.ENOENT).Raw(Header)
                            .Put(CTA_TUPLE_ORIG | Rtnetlink.NLA_F_NESTED, flow.Tuple);
                    }
                }

                _socket.Execute(deletions);
            }
        }
        catch (SyscallException e)
        {
            // A kernel without nf_conntrack_netlink: such flows then end by their own time-out.
            s_log.Warn("cannot forget tracked connections: {0}", e.Message);
        }
    }

    /// <summary>struct nfgenmsg: family, version 0, resource 0.</summary>
    private static ReadOnlySpan<byte> Header => [Libc.AF_INET, 0, 0, 0];

    private static TrackedFlow? Parse(ushort type, ReadOnlySpan<byte> payload)
    {
        byte[] tuple = [];
        IPAddress destination = IPAddress.None, replySource = IPAddress.None;
        int protocol = 0, port = 0;
        NetlinkAttributes attributes = new(payload[Header.Length..]);
        while (attributes.Next())
        {
            if (attributes.Type == CTA_TUPLE_ORIG)
            {
                tuple = attributes.Value.ToArray();
                destination = AddressOf(attributes.Nested, CTA_IP_V4_DST);
                (protocol, port) = ProtocolOf(attributes.Nested);
            }
            else if (attributes.Type == CTA_TUPLE_REPLY)
            {
                replySource = AddressOf(attributes.Nested, CTA_IP_V4_SRC);
            }
        }

        return new TrackedFlow(tuple, protocol, destination, port, replySource);
    }

    private static IPAddress AddressOf(NetlinkAttributes tuple, ushort which)
    {
        while (tuple.Next())
        {
            if (tuple.Type == CTA_TUPLE_IP)
            {
                NetlinkAttributes addresses = tuple.Nested;
                while (addresses.Next())
                {
                    if (addresses.Type == which)
                    {
                        return new IPAddress(addresses.Value);
                    }
                }
            }
        }

        return IPAddress.None;
    }

    private static (int Protocol, int Port) ProtocolOf(NetlinkAttributes tuple)
    {
        int protocol = 0, port = 0;
        while (tuple.Next())
        {
            if (tuple.Type == CTA_TUPLE_PROTO)
            {
                NetlinkAttributes parts = tuple.Nested;
                while (parts.Next())
                {
                    if (parts.Type == CTA_PROTO_NUM)
                    {
                        protocol = parts.Value[0];
                    }
                    else if (parts.Type == CTA_PROTO_DST_PORT)
                    {
                        port = BinaryPrimitives.ReadUInt16BigEndian(parts.Value);
                    }
                }
            }
        }

        return (protocol, port);
    }

    /// <param name="Tuple">The original direction as the kernel wrote it.</param>
    /// <param name="Destination">As the client addressed it.</param>
    /// <param name="ReplySource">Who really answers.</param>
    private sealed record TrackedFlow(byte[] Tuple, int Protocol, IPAddress Destination, int DestinationPort, IPAddress ReplySource);
}
