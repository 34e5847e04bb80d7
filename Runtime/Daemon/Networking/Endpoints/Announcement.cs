using NLog;
using Rtd.Daemon.Networking.Namespaces;
using Rtd.Protocol.Netlink;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Endpoints;

/// <summary>What the neighbours of a container are still to be told: who has its addresses now.</summary>
/// <remarks>
/// The kernel closes a packet socket only after an RCU grace period, 7 to 20 ms. So nobody waits for this, and the daemon does it, not rtinit:
/// there the end of the socket would come before the command's start.
/// </remarks>
internal sealed class Announcement(NetworkNamespace target, NetworkState state) : IDisposable
{
    private static readonly Logger s_log = LogManager.GetLogger("network");

    /// <summary>Tells them, and is done then. Nobody awaits this, so it does not throw: a neighbour that hears nothing asks.</summary>
    public async Task SendAsync()
    {
        try
        {
            await target.RunAsync(() =>
            {
                NetworkAnnouncement.Send(state);
                return true;
            });
        }
        catch (SyscallException failure)
        {
            s_log.Debug("announcing addresses: {0}", failure.Message);
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "announcing addresses");
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose() => target.Dispose();
}
