namespace Rtd.Daemon.Startup;

/// <summary>Threads that the pool has from the beginning.</summary>
/// <remarks>
/// The runtime ends the process when its pool cannot have a thread that it wants, which is so when the daemon's cgroup is full (pids.max). With some
/// in reserve it wants none while the daemon does what it usually does, and then only what starts a process fails.
/// </remarks>
internal static class ThreadReserve
{
    /// <summary>As many as are kept alive: see rtd.csproj.</summary>
    private const int Threads = 12;

    /// <summary>Has the pool make them; returns when they are there.</summary>
    public static async Task FillAsync()
    {
        ThreadPool.GetMinThreads(out int workers, out int others);
        if (!ThreadPool.SetMinThreads(Math.Max(workers, Threads), others))
        {
            return;
        }

        // Each holds its thread until all of them are there: else one could do the work of several.
        using CountdownEvent all = new(Threads);
        Task[] holders = [.. Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            all.Signal();
            all.Wait();
        }))];
        await Task.WhenAll(holders);
        ThreadPool.SetMinThreads(workers, others);
    }
}
