using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Execution;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Processes;

/// <summary>A process of a container with all that it has started.</summary>
/// <remarks>
/// Descent is seen by parents, and by sessions: an exec leads a session of its own, and a child whose parent is gone is still in it. Only who
/// has left both the family and its sessions before we look is not found, which nobody does by accident.
/// </remarks>
internal static class ProcessFamily
{
    /// <summary>Kills a family. It looks again until nobody is new in it: a member may fork until the moment it dies.</summary>
    public static void Kill(ICgroup cgroup, ProcessIdentity founder)
    {
        HashSet<int> family = [founder.Pid];
        HashSet<ProcessIdentity> killed = [];
        bool found = true;
        while (found)
        {
            HostProcess[] present = [.. cgroup.Pids().Select(HostProcess.Read).OfType<HostProcess>().Where(process => process.State != 'Z')];
            Extend(family, present);
            found = false;
            foreach (HostProcess member in present.Where(process => family.Contains(process.Pid)))
            {
                ProcessIdentity identity = new(member.Pid, member.StartTicks);
                if (killed.Add(identity))
                {
                    LeftoverProcess.Signal(identity, Libc.SIGKILL);
                    found = true;
                }
            }
        }
    }

    private static void Extend(HashSet<int> family, HostProcess[] present)
    {
        int before;
        do
        {
            before = family.Count;
            family.UnionWith(present.Where(process => family.Contains(process.Parent) || family.Contains(process.Session)).Select(process => process.Pid));
        }
        while (family.Count > before);
    }
}
