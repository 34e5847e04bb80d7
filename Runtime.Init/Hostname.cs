using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>The names of a UTS namespace of our own; empty names leave the host's alone.</summary>
internal static class Hostname
{
    public static void Set(string hostname, string domainname)
    {
        if (hostname.Length > 0)
        {
            Libc.sethostname(hostname);
        }

        if (domainname.Length > 0)
        {
            Libc.setdomainname(domainname);
        }
    }
}
