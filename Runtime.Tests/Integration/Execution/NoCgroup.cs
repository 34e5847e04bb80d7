using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Cgroups;

namespace Rtd.Tests.Integration.Execution;

/// <summary>Leaves a process in the cgroup it is in: for tests of the exec driver alone.</summary>
internal sealed class NoCgroup : ICgroup
{
    public string Path => "/";

    public bool Exists => true;

    public bool ClonesInto => false;

    public SafeFileHandle? OpenForClone() => null;

    public void Add(int pid)
    {
    }

    public void AddForFork(int pid)
    {
    }

    public void Update(CgroupResources resources)
    {
    }

    public Task FreezeAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task ThawAsync(CancellationToken cancellation) => Task.CompletedTask;

    public void Kill()
    {
    }

    public IReadOnlyList<int> Pids() => [];

    public long OomKills() => 0;

    public CgroupStatistics Statistics() => new();

    public Task RemoveAsync(CancellationToken cancellation) => Task.CompletedTask;
}
