using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Firewall;

/// <summary>What differs between xtables of IPv4 and of IPv6, <c>ip_tables.h</c> and <c>ip6_tables.h</c>.</summary>
/// <param name="Tables">The file that names those that there are.</param>
/// <param name="MatchSize">Of <c>struct ipt_ip</c>, <c>struct ip6t_ip6</c>: all zero where it matches all packets.</param>
/// <param name="EntrySize">Of <c>struct ipt_entry</c>, <c>struct ip6t_entry</c>, which a rule without further matches has before its target.</param>
/// <param name="TargetOffset">Where in an entry its <c>target_offset</c> is; <c>next_offset</c> follows.</param>
internal sealed record LegacyFamily(string Name, string Tables, int Domain, int Level, int MatchSize, int EntrySize, int TargetOffset)
{
    public static LegacyFamily IPv4 { get; } = new("ip", "/proc/thread-self/net/ip_tables_names", Libc.AF_INET, Libc.IPPROTO_IP, 84, 112, 88);

    public static LegacyFamily IPv6 { get; } = new("ip6", "/proc/thread-self/net/ip6_tables_names", Libc.AF_INET6, Libc.IPPROTO_IPV6, 136, 168, 140);

    public static IReadOnlyList<LegacyFamily> All { get; } = [IPv4, IPv6];
}
