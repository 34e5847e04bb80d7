using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Cgroups.V1;

/// <summary>The calling thread's visit to a container's cgroups.</summary>
/// <remarks>
/// Moving a process waits for an RCU grace period (cgroup_threadgroup_rwsem; see <see cref="FavorDynMods"/>). A thread that moves itself
/// through <c>tasks</c> does not take that lock since Linux 5.6: about 0.5 ms for nine hierarchies and 0.15 ms for the way back.
/// </remarks>
internal sealed class V1ThreadScope : IDisposable
{
    private readonly IReadOnlyList<V1Hierarchy> _hierarchies;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private int _entered;
    private bool _left;

    public V1ThreadScope(IReadOnlyList<V1Hierarchy> hierarchies, string path)
    {
        _hierarchies = hierarchies;
        try
        {
            foreach (V1Hierarchy hierarchy in hierarchies)
            {
                hierarchy.Directory(path).Write("tasks", "0");
                _entered++;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_left)
        {
            return;
        }

        if (_thread != Environment.CurrentManagedThreadId)
        {
            throw new InvalidOperationException("a cgroup visit ends on the thread that began it");
        }

        _left = true;
        for (int i = 0; i < _entered; i++)
        {
            Leave(_hierarchies[i]);
        }
    }

    /// <summary>Back to the daemon's own cgroup, or to the root when that one has gone (a service manager may have moved the daemon).</summary>
    private static void Leave(V1Hierarchy hierarchy)
    {
        if (new CgroupDirectory(hierarchy.Mount.MountPoint + hierarchy.Own).TryWrite("tasks", "0") < 0)
        {
            new CgroupDirectory(hierarchy.Mount.MountPoint).Write("tasks", "0");
        }
    }
}
