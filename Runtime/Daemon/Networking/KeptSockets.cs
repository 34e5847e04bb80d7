using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking;

/// <summary>Sockets that are kept by name; without live restore nothing is.</summary>
internal static class KeptSockets
{
    public static Socket? Take(this IFdKeeper? keeper, string name)
    {
        if (keeper?.TakeKept(name) is not { } fd)
        {
            return null;
        }

        using (fd)
        {
            return new Socket(new SafeSocketHandle(Libc.fcntl(fd.Fd(), Libc.F_DUPFD_CLOEXEC), ownsHandle: true));
        }
    }
}
