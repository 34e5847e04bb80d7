namespace Rtd.Daemon.Execution.Prepared;

/// <summary>A rtinit that waits, in a pid namespace of its own, to be told which container it is to become.</summary>
internal sealed record PreparedShim(ChildProcess Child, SyncChannel Sync, long At)
{
    /// <summary>False when it was killed meanwhile. It says nothing of itself before it is told.</summary>
    public bool IsThere => Sync.IsQuiet;

    public async Task DiscardAsync()
    {
        Sync.Dispose();
        await NativeExecutionDriver.AbortAsync(Child);
    }
}
