namespace Rtd.Daemon.Networking.Links;

/// <summary>Whether the host has IPv6 at all.</summary>
internal static class HostIPv6
{
    private const string Switch = "/proc/sys/net/ipv6/conf/all/disable_ipv6";

    /// <summary>False on a kernel without it (ipv6.disable=1), and where it is switched off for all links.</summary>
    public static bool IsOn => File.Exists(Switch) && File.ReadAllText(Switch).Trim() == "0";
}
