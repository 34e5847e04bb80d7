using System.Buffers.Binary;
using System.Text;
using Rtd.Protocol.Netlink;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Names;

/// <summary>Leads 127.0.0.11:53 to the resolver's sockets, by a small nft table in the container's own namespace.</summary>
/// <remarks>
/// Were the sockets bound to port 53 themselves, a name server of the container's on 0.0.0.0:53 could not start. The table goes with the
/// namespace. It is written as netlink messages: libnftables opens its socket without close-on-exec, and one of another container's
/// namespace must not get into a process that is spawned at that moment.
/// </remarks>
internal static class ResolverRules
{
    private const string Table = "rtd_resolver", Chain = "output";

    // linux/netfilter/nfnetlink.h and nf_tables.h
    private const ushort NFNL_MSG_BATCH_BEGIN = 0x10, NFNL_MSG_BATCH_END = 0x11, NFNL_SUBSYS_NFTABLES = 10;
    private const ushort NFT_MSG_NEWTABLE = NFNL_SUBSYS_NFTABLES << 8, NFT_MSG_DELTABLE = NFT_MSG_NEWTABLE | 2, NFT_MSG_NEWCHAIN = NFT_MSG_NEWTABLE | 3, NFT_MSG_NEWRULE = NFT_MSG_NEWTABLE | 6;
    private const ushort NFTA_TABLE_NAME = 1;
    private const ushort NFTA_CHAIN_TABLE = 1, NFTA_CHAIN_NAME = 3, NFTA_CHAIN_HOOK = 4, NFTA_CHAIN_POLICY = 5, NFTA_CHAIN_TYPE = 7;
    private const ushort NFTA_HOOK_HOOKNUM = 1, NFTA_HOOK_PRIORITY = 2;
    private const ushort NFTA_RULE_TABLE = 1, NFTA_RULE_CHAIN = 2, NFTA_RULE_EXPRESSIONS = 4, NFTA_LIST_ELEM = 1, NFTA_EXPR_NAME = 1, NFTA_EXPR_DATA = 2;
    private const ushort NFTA_PAYLOAD_DREG = 1, NFTA_PAYLOAD_BASE = 2, NFTA_PAYLOAD_OFFSET = 3, NFTA_PAYLOAD_LEN = 4;
    private const ushort NFTA_META_DREG = 1, NFTA_META_KEY = 2, NFTA_CMP_SREG = 1, NFTA_CMP_OP = 2, NFTA_CMP_DATA = 3, NFTA_DATA_VALUE = 1;
    private const ushort NFTA_IMMEDIATE_DREG = 1, NFTA_IMMEDIATE_DATA = 2;
    private const ushort NFTA_NAT_TYPE = 1, NFTA_NAT_FAMILY = 2, NFTA_NAT_REG_ADDR_MIN = 3, NFTA_NAT_REG_PROTO_MIN = 5;
    private const uint NF_INET_LOCAL_OUT = 3, NF_ACCEPT = 1, NFT_META_L4PROTO = 16, NFT_PAYLOAD_NETWORK_HEADER = 1, NFT_PAYLOAD_TRANSPORT_HEADER = 2,
        NFT_REG_1 = 1, NFT_REG_2 = 2, NFT_NAT_DNAT = 1, NFPROTO_IPV4 = 2;
    private const int PriorityDnat = -100;
    private const byte Udp = 17, Tcp = 6;

    private static readonly byte[] s_address = [127, 0, 0, 11];
    private static readonly byte[] s_port = [0, 53];

    /// <summary>To be called by a thread in the container's namespace.</summary>
    public static void Apply(int udpPort, int tcpPort)
    {
        NetlinkBatch batch = new(1024) { Trailers = 1 };
        Begin(batch, NFNL_MSG_BATCH_BEGIN, 0, Libc.AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
        Begin(batch, NFT_MSG_NEWTABLE, Rtnetlink.NLM_F_CREATE).Put(NFTA_TABLE_NAME, Table);
        Begin(batch, NFT_MSG_NEWCHAIN, Rtnetlink.NLM_F_CREATE).Put(NFTA_CHAIN_TABLE, Table).Put(NFTA_CHAIN_NAME, Chain);
        int hook = batch.BeginNest(NFTA_CHAIN_HOOK);
        Put(batch, NFTA_HOOK_HOOKNUM, NF_INET_LOCAL_OUT);
        Put(batch, NFTA_HOOK_PRIORITY, unchecked((uint)PriorityDnat));
        batch.EndNest(hook);
        Put(batch, NFTA_CHAIN_POLICY, NF_ACCEPT);
        batch.Put(NFTA_CHAIN_TYPE, "nat");
        AddRule(batch, Udp, udpPort);
        AddRule(batch, Tcp, tcpPort);
        Begin(batch, NFNL_MSG_BATCH_END, 0, Libc.AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
        using NetlinkSocket socket = new(Libc.NETLINK_NETFILTER);
        socket.Execute(batch);
    }

    /// <summary>Takes the table away; one that is not there is away already. To be called by a thread in the container's namespace.</summary>
    public static void Remove()
    {
        NetlinkBatch batch = new(256) { Trailers = 1 };
        Begin(batch, NFNL_MSG_BATCH_BEGIN, 0, Libc.AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
        Begin(batch, NFT_MSG_NEWTABLE, Rtnetlink.NLM_F_CREATE).Put(NFTA_TABLE_NAME, Table);
        Begin(batch, NFT_MSG_DELTABLE, 0).Put(NFTA_TABLE_NAME, Table);
        Begin(batch, NFNL_MSG_BATCH_END, 0, Libc.AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
        using NetlinkSocket socket = new(Libc.NETLINK_NETFILTER);
        socket.Execute(batch);
    }

    /// <summary><c>ip daddr 127.0.0.11 meta l4proto P th dport 53 dnat to 127.0.0.11:PORT</c></summary>
    private static void AddRule(NetlinkBatch batch, byte protocol, int port)
    {
        Begin(batch, NFT_MSG_NEWRULE, Rtnetlink.NLM_F_CREATE).Put(NFTA_RULE_TABLE, Table).Put(NFTA_RULE_CHAIN, Chain);
        int rule = batch.BeginNest(NFTA_RULE_EXPRESSIONS);
        const uint DestinationAddress = 16, DestinationPort = 2;
        Expression(batch, "payload", () => Payload(batch, NFT_PAYLOAD_NETWORK_HEADER, DestinationAddress, 4));
        Expression(batch, "cmp", () => Compare(batch, s_address));
        Expression(batch, "meta", () =>
        {
            Put(batch, NFTA_META_DREG, NFT_REG_1);
            Put(batch, NFTA_META_KEY, NFT_META_L4PROTO);
        });
        Expression(batch, "cmp", () => Compare(batch, [protocol]));
        Expression(batch, "payload", () => Payload(batch, NFT_PAYLOAD_TRANSPORT_HEADER, DestinationPort, 2));
        Expression(batch, "cmp", () => Compare(batch, s_port));
        Expression(batch, "immediate", () => Immediate(batch, NFT_REG_1, s_address));
        Expression(batch, "immediate", () => Immediate(batch, NFT_REG_2, [(byte)(port >> 8), (byte)port]));
        Expression(batch, "nat", () =>
        {
            Put(batch, NFTA_NAT_TYPE, NFT_NAT_DNAT);
            Put(batch, NFTA_NAT_FAMILY, NFPROTO_IPV4);
            Put(batch, NFTA_NAT_REG_ADDR_MIN, NFT_REG_1);
            Put(batch, NFTA_NAT_REG_PROTO_MIN, NFT_REG_2);
        });
        batch.EndNest(rule);
    }

    private static void Expression(NetlinkBatch batch, string name, Action data)
    {
        int element = batch.BeginNest(NFTA_LIST_ELEM);
        batch.Put(NFTA_EXPR_NAME, name);
        int content = batch.BeginNest(NFTA_EXPR_DATA);
        data();
        batch.EndNest(content).EndNest(element);
    }

    private static void Payload(NetlinkBatch batch, uint header, uint offset, uint length)
    {
        Put(batch, NFTA_PAYLOAD_DREG, NFT_REG_1);
        Put(batch, NFTA_PAYLOAD_BASE, header);
        Put(batch, NFTA_PAYLOAD_OFFSET, offset);
        Put(batch, NFTA_PAYLOAD_LEN, length);
    }

    private static void Compare(NetlinkBatch batch, byte[] value)
    {
        Put(batch, NFTA_CMP_SREG, NFT_REG_1);
        Put(batch, NFTA_CMP_OP, 0);
        int data = batch.BeginNest(NFTA_CMP_DATA);
        batch.Put(NFTA_DATA_VALUE, value).EndNest(data);
    }

    private static void Immediate(NetlinkBatch batch, uint register, byte[] value)
    {
        Put(batch, NFTA_IMMEDIATE_DREG, register);
        int data = batch.BeginNest(NFTA_IMMEDIATE_DATA);
        batch.Put(NFTA_DATA_VALUE, value).EndNest(data);
    }

    /// <summary>Starts a message with struct nfgenmsg: family, version 0, resource in network order.</summary>
    private static NetlinkBatch Begin(NetlinkBatch batch, ushort type, ushort flags, byte family = Libc.AF_INET, ushort resource = 0) =>
        batch.Begin(type, flags, "set up resolver", "127.0.0.11").Raw([family, 0, (byte)(resource >> 8), (byte)resource]);

    /// <summary>nf_tables has its numbers in network order.</summary>
    private static void Put(NetlinkBatch batch, ushort attribute, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        batch.Put(attribute, bytes);
    }
}
