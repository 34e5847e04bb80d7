namespace Rtd.Protocol.Netlink;

/// <summary>Numbers of <c>linux/netlink.h</c>, <c>linux/rtnetlink.h</c>, <c>linux/if_link.h</c> and their neighbours, under their C names.</summary>
internal static class Rtnetlink
{
    /// <summary>Message types below the families' own, <c>linux/netlink.h</c>.</summary>
    public const ushort NLMSG_NOOP = 1, NLMSG_ERROR = 2, NLMSG_DONE = 3;

    public const ushort NLM_F_REQUEST = 1, NLM_F_MULTI = 2, NLM_F_ACK = 4, NLM_F_DUMP_INTR = 0x10, NLM_F_DUMP = 0x300,
        NLM_F_CAPPED = 0x100, NLM_F_ACK_TLVS = 0x200, NLM_F_REPLACE = 0x100, NLM_F_EXCL = 0x200, NLM_F_CREATE = 0x400;

    public const ushort NLMSGERR_ATTR_MSG = 1;

    /// <summary>Bits of an attribute's type that are not part of the number.</summary>
    public const ushort NLA_F_NESTED = 0x8000, NLA_TYPE_MASK = 0x3fff;

    public const ushort RTM_NEWLINK = 16, RTM_DELLINK = 17, RTM_GETLINK = 18, RTM_NEWADDR = 20, RTM_DELADDR = 21, RTM_GETADDR = 22,
        RTM_NEWROUTE = 24, RTM_GETROUTE = 26, RTM_DELNEIGH = 29;

    public const uint IFF_UP = 1;

    public const ushort IFLA_ADDRESS = 1, IFLA_IFNAME = 3, IFLA_MTU = 4, IFLA_LINK = 5, IFLA_MASTER = 10, IFLA_PROTINFO = 12, IFLA_LINKINFO = 18,
        IFLA_NET_NS_PID = 19, IFLA_IFALIAS = 20, IFLA_AF_SPEC = 26, IFLA_GROUP = 27, IFLA_NET_NS_FD = 28;

    public const ushort IFLA_INFO_KIND = 1, IFLA_INFO_DATA = 2, IFLA_INFO_SLAVE_KIND = 4, IFLA_INFO_SLAVE_DATA = 5;

    public const ushort VETH_INFO_PEER = 1;

    /// <summary>Of IFLA_AF_SPEC/AF_INET6: whether and how the kernel makes a link-local address.</summary>
    public const ushort IFLA_INET6_ADDR_GEN_MODE = 8;

    public const byte IN6_ADDR_GEN_MODE_NONE = 1;

    /// <summary>Of a bridge port: frames from one isolated port never leave by another (Linux 4.18).</summary>
    public const ushort IFLA_BRPORT_MODE = 4, IFLA_BRPORT_ISOLATED = 33;

    public const ushort IFA_ADDRESS = 1, IFA_LOCAL = 2, IFA_BROADCAST = 4, IFA_FLAGS = 8;

    public const uint IFA_F_NODAD = 2;

    public const ushort RTA_DST = 1, RTA_OIF = 4, RTA_GATEWAY = 5, RTA_TABLE = 15;

    public const byte RT_TABLE_MAIN = 254, RT_TABLE_LOCAL = 255, RTPROT_BOOT = 3, RT_SCOPE_UNIVERSE = 0, RT_SCOPE_LINK = 253, RTN_UNICAST = 1;

    public const ushort NDA_DST = 1;

    /// <summary>Sizes of the fixed headers after nlmsghdr.</summary>
    public const int IfInfoMsgSize = 16, IfAddrMsgSize = 8, RtMsgSize = 12, NdMsgSize = 12;
}
