using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Processes;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    /// <summary>The processes of a container with their host pids.</summary>
    /// <param name="arguments">As for ps; null or "" is <c>-ef</c>.</param>
    public ContainerTop Top(string reference, string? arguments)
    {
        string columns = string.IsNullOrEmpty(arguments) ? ProcessTable.DefaultArguments : arguments;
        ProcessTable.Validate(columns);
        Container container = _store.Get(reference);
        if (container.State.Status == ContainerStatus.Restarting)
        {
            throw EngineException.Conflict($"container {container.Id} is restarting, wait until the container is running");
        }

        ContainerRun run = container.Run ?? throw NotRunning(container);
        IEnumerable<HostProcess> processes = run.Cgroup.Pids().Order().Select(HostProcess.Read).OfType<HostProcess>();
        ContainerTop table = ProcessTable.OfHost().Format(columns, processes);
        Publish(container, "top");
        return table;
    }
}
