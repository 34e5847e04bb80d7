using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution.Prepared;

/// <summary>
/// An exec by a rtinit that was there before. It joins the container from outside of its pid namespace and gives up all that the command is not to have; then
/// it forks, and the child, which is the daemon's, executes the command at once.
/// </summary>
internal sealed class PreparedExec(PreparedShim shim, ExecLaunch launch)
{
    private volatile bool _abandoned;

    /// <param name="container">A pidfd of its first process.</param>
    /// <param name="timeout">For all of it.</param>
    /// <returns>
    /// Null when the command was not executed. The reason need not hold for a rtinit that becomes the command itself: the cgroup has no room for two, or something
    /// is looked up below /proc/self, which this one does not have. If it does hold, that one says it.
    /// </returns>
    /// <exception cref="StartException">It takes too long.</exception>
    public async Task<IContainerProcess?> RunAsync(SafeFileHandle container, TimeSpan timeout)
    {
        try
        {
            return await BearAsync(container).WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            _abandoned = true;
            throw NativeExecutionDriver.TimedOut(timeout);
        }
        finally
        {
            // What has done its work ends by itself, at once.
            Libc.try_pidfd_send_signal(shim.Child.Pidfd.Handle.Fd(), Libc.SIGKILL);
            _ = NativeExecutionDriver.BuryAsync(shim.Child);
        }
    }

    private async Task<IContainerProcess?> BearAsync(SafeFileHandle container)
    {
        using SyncChannel sync = shim.Sync;
        using Stdio stdio = Stdio.Open(launch.Process.Terminal, launch.OpenStdin);
        await sync.SendAsync(SpecCodec.EncodeAdopt(0), stdio.Child);
        stdio.CloseChildEnds();
        await sync.SendAsync(SpecCodec.Encode(new ExecSpec((int)launch.Namespaces, launch.Process)), [container]);
        try
        {
            launch.Cgroup.AddForFork(shim.Child.Pid);
        }
        catch (SyscallException gone) when (gone.Errno is Libc.ESRCH or Libc.ENOENT or Libc.ENODEV)
        {
            return null;
        }

        await sync.SendAsync(SpecCodec.Encode(NetworkState.Foreign), []);
        return await sync.ReceiveAsync() is { Kind: SyncMessage.Born } ? await AdoptAsync(sync, stdio) : null;
    }

    private async Task<IContainerProcess?> AdoptAsync(SyncChannel sync, Stdio stdio)
    {
        SpawnedProcess born = SpawnedProcess.Of(sync.TakeFd());
        OwnChild child = new(born.Pid, born.Pidfd);
        SafeFileHandle? terminal = null;
        try
        {
            if (launch.Process.Terminal)
            {
                stdio.UseTerminal(sync.TakeFd());
                terminal = stdio.DuplicateTerminal();
            }

            if (await sync.ReceiveAsync() is not null || _abandoned)
            {
                terminal?.Dispose();
                await NativeExecutionDriver.AbortAsync(child);
                return null;
            }

            ProcessIdentity identity = ProcessStat.Identify(born.Pid) ?? new ProcessIdentity(born.Pid, 0);
            return new ContainerProcess(identity, child, stdio, terminal, launch.Output, onReaped: null);
        }
        catch
        {
            terminal?.Dispose();
            await NativeExecutionDriver.AbortAsync(child);
            throw;
        }
    }
}
