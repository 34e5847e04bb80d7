using Microsoft.Win32.SafeHandles;

namespace Rtd.Daemon.Cgroups;

/// <summary>One container's cgroup (one directory on v2, one per controller on v1).</summary>
internal interface ICgroup
{
    string Path { get; }

    bool Exists { get; }

    /// <summary>True on v2, where a child is born in the cgroup (CLONE_INTO_CGROUP) and needs no <see cref="Add"/>.</summary>
    bool ClonesInto { get; }

    /// <summary>The directory for CLONE_INTO_CGROUP; null on v1. The caller disposes it.</summary>
    SafeFileHandle? OpenForClone();

    /// <summary>Moves a process in (all controllers).</summary>
    void Add(int pid);

    /// <summary>Moves so much of a process in that what its first thread starts is born in the cgroup.</summary>
    void AddForFork(int pid);

    /// <summary>Changes limits of a live cgroup; device rules are set once, by Create.</summary>
    void Update(CgroupResources resources);

    /// <summary>Freezes all processes and returns when the kernel says they are frozen.</summary>
    Task FreezeAsync(CancellationToken cancellation);

    Task ThawAsync(CancellationToken cancellation);

    /// <summary>SIGKILL to every process, also to those that fork meanwhile and to frozen ones.</summary>
    void Kill();

    /// <summary>Host pids.</summary>
    IReadOnlyList<int> Pids();

    /// <summary>Processes killed by the OOM killer because of this cgroup's limit, so far.</summary>
    long OomKills();

    /// <summary>What all processes in it have used so far.</summary>
    CgroupStatistics Statistics();

    /// <summary>Removes the directories; waits (without blocking a thread) for the kernel to let go of dying tasks, within a bound.</summary>
    Task RemoveAsync(CancellationToken cancellation);
}
