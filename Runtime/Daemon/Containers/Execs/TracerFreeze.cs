using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Launching;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Security;

namespace Rtd.Daemon.Containers.Execs;

/// <summary>The time in which a process is brought into a container's pid namespace: whoever in it could trace the newcomer is frozen.</summary>
/// <remarks>
/// Until it has executed its command, rtinit has capabilities that the container lacks, and a thread of its runtime keeps the host's root. It is not
/// dumpable, which keeps everybody off but a holder of CAP_SYS_PTRACE (CVE-2016-9962 closed this for all others).
/// </remarks>
internal sealed class TracerFreeze : IAsyncDisposable
{
    private static readonly ulong s_tracing = Capabilities.Mask("CAP_SYS_PTRACE");

    private readonly List<SpawnGate.Pass> _passes = [];
    private readonly List<AsyncLock.Holder> _held = [];
    private readonly List<ContainerRun> _frozen = [];

    /// <summary>Passes the container's gate, and freezes the tracers.</summary>
    /// <param name="all">All containers.</param>
    /// <param name="target">The container whose pid namespace the process is born in.</param>
    /// <exception cref="EngineException">A tracer cannot be frozen; nothing stays frozen.</exception>
    public static async Task<TracerFreeze> BeginAsync(IEnumerable<Container> all, Container target)
    {
        TracerFreeze freeze = new();
        try
        {
            // Always in the same order: two that hold what the other waits for would never go on.
            IReadOnlyList<(Container Container, ContainerRun Run)> tracers = TracersIn(all, target);
            IEnumerable<Container> entered = tracers.Select(tracer => tracer.Container).Append(target).DistinctBy(container => container.Id);
            foreach (Container container in entered.OrderBy(container => container.Id, StringComparer.Ordinal))
            {
                if (container.Run is { } run)
                {
                    freeze._passes.Add(await run.Spawns.EnterAsync());
                }
            }

            foreach ((Container container, ContainerRun run) in tracers)
            {
                freeze._held.Add(await run.Stillness.AcquireAsync());
                await freeze.FreezeAsync(container, run);
            }

            return freeze;
        }
        catch
        {
            await freeze.DisposeAsync();
            throw;
        }
    }

    public bool HasFrozen(ContainerRun run) => _frozen.Contains(run);

    /// <summary>The newcomer is harmless now. Further calls do nothing.</summary>
    public async Task ThawAsync()
    {
        while (_frozen.Count > 0)
        {
            ContainerRun run = _frozen[^1];
            _frozen.RemoveAt(_frozen.Count - 1);
            if (run.Cgroup.Exists)
            {
                await run.Cgroup.ThawAsync(CancellationToken.None);
            }
        }

        _held.ForEach(held => held.Dispose());
        _held.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await ThawAsync();
        }
        finally
        {
            _held.ForEach(held => held.Dispose());
            _passes.ForEach(pass => pass.Dispose());
            _passes.Clear();
        }
    }

    private static List<(Container Container, ContainerRun Run)> TracersIn(IEnumerable<Container> all, Container target)
    {
        List<Container> able = [.. all.Where(MayTrace)];
        if (able.Count == 0 || PidNamespaceOf(target.Run) is not { } space)
        {
            return [];
        }

        return
        [
            .. able.Select(container => (container, container.Run)).Where(candidate => PidNamespaceOf(candidate.Run) == space)
                .Select(candidate => (candidate.container, candidate.Run!)).OrderBy(tracer => tracer.container.Id, StringComparer.Ordinal),
        ];
    }

    private static bool MayTrace(Container container)
    {
        HostConfig host = container.Record.HostConfig;
        return container.Run is { HadPrivilegedExec: true } || (host.Privileged || host.CapAdd is { Count: > 0 }) && (ContainerLauncher.CapabilitiesOf(host) & s_tracing) != 0;
    }

    /// <summary>Null when it does not run (any more).</summary>
    private static string? PidNamespaceOf(ContainerRun? run)
    {
        try
        {
            return run is null ? null : new FileInfo($"/proc/{run.Process.Identity.Pid}/ns/pid").LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task FreezeAsync(Container container, ContainerRun run)
    {
        if (container.State.Status == ContainerStatus.Paused || !run.Cgroup.Exists)
        {
            return; // frozen already, and kept so by our pass; or ended
        }

        try
        {
            _frozen.Add(run);
            await run.Cgroup.FreezeAsync(CancellationToken.None);
        }
        catch (Exception failure) when (run.Cgroup.Exists)
        {
            throw EngineException.System(
                $"container {container.Id} may trace (CAP_SYS_PTRACE), so it has to be frozen while a process is brought in: {failure.Message}", failure);
        }
        catch (Exception)
        {
            _frozen.Remove(run); // it has ended meanwhile
        }
    }
}
