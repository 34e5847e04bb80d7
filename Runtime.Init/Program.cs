using Rtd.Init.Supervision;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>
/// The init shim. rtd clones it into the new namespaces; it makes them into the container and becomes the user's command.
/// </summary>
internal static class Program
{
    /// <summary>The sync socket's number, set by the spawner.</summary>
    private const int SyncFd = 3;

    private static int Main(string[] args)
    {
        if (args is [InitRoles.Supervisor])
        {
            return new Supervisor(SyncFd).Run();
        }

        if (args is not ([InitRoles.Container or InitRoles.Prepared or InitRoles.Exec or InitRoles.PreparedExec or InitRoles.RuntimeParent] or [InitRoles.Reaper, "--", _, ..]))
        {
            Console.Error.WriteLine("rtinit is started by rtd, not by hand");
            return 1;
        }

        SyncSocket sync = new(SyncFd);
        if (args is [InitRoles.Reaper, "--", .. string[] command])
        {
            return Reaper.Run(sync, command);
        }

        try
        {
            if (args[0] == InitRoles.Container)
            {
                ContainerInit.Run(sync);
            }
            else if (args[0] == InitRoles.Prepared)
            {
                PreparedInit.Run(sync);
            }
            else if (args[0] == InitRoles.Exec)
            {
                ExecInit.Run(sync);
            }
            else if (args[0] == InitRoles.PreparedExec)
            {
                ExecInit.RunPrepared(sync);
                Libc._exit(0); // the runtime takes a while to end by itself
            }
            else
            {
                RuntimeParent.Run(sync);
            }
        }
        catch (Exception failure)
        {
            sync.TrySendError(Progress.Describe(failure));
        }

        return 1;
    }
}
