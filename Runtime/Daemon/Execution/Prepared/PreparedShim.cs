namespace Rtd.Daemon.Execution.Prepared;

/// <summary>A rtinit that waits to be told which container it is to become, or which command it is to start in one.</summary>
/// <param name="Child">The process.</param>
/// <param name="Sync">To tell it.</param>
/// <param name="Kind">See <see cref="PreparedShims"/>.</param>
/// <param name="At">When it was cloned: ms as of <see cref="Environment.TickCount64"/>.</param>
internal sealed record PreparedShim(ChildProcess Child, SyncChannel Sync, ulong Kind, long At)
{
    /// <summary>False when it was killed meanwhile. It says nothing of itself before it is told.</summary>
    public bool IsThere => Sync.IsQuiet;

    public async Task DiscardAsync()
    {
        Sync.Dispose();
        await NativeExecutionDriver.AbortAsync(Child);
    }
}
