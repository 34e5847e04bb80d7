using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Stdio belongs to the user, so that /dev/stdout can be opened anew by one who is not root.</summary>
internal static class Stdio
{
    public static void GiveTo(Identity identity, Terminal? terminal)
    {
        if (terminal is not null)
        {
            Libc.fchown(terminal.Slave.Fd(), identity.Uid, 5);
            terminal.BecomeStdio();
            return;
        }

        for (int fd = 0; fd <= 2; fd++)
        {
            // Pipes only: the null device is everybody's.
            if (Libc.fstat(fd, $"fd {fd}").Type == Libc.S_IFIFO)
            {
                Libc.fchown(fd, identity.Uid, identity.Gid);
            }
        }
    }
}
