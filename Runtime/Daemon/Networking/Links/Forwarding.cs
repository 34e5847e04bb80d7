namespace Rtd.Daemon.Networking.Links;

/// <summary>Switches the host's forwarding on.</summary>
internal static class Forwarding
{
    private const string Interfaces = "/proc/sys/net/ipv6/conf";

    /// <summary>
    /// A forwarding host no longer listens to router advertisements, by which many a host has its own default route, unless told to (accept_ra
    /// 2). Links that listen so far are told to before forwarding goes on.
    /// </summary>
    public static void EnableIPv6()
    {
        if (!File.Exists($"{Interfaces}/all/forwarding") || File.ReadAllText($"{Interfaces}/all/forwarding").Trim() == "1")
        {
            return;
        }

        foreach (string directory in Directory.EnumerateDirectories(Interfaces))
        {
            string name = Path.GetFileName(directory);
            if (name is not ("all" or "default" or "lo") && File.ReadAllText($"{directory}/accept_ra").Trim() == "1")
            {
                Sysctl.Set($"ipv6/conf/{name}/accept_ra", "2");
            }
        }

        Sysctl.Set("ipv6/conf/all/forwarding", "1");
    }
}
