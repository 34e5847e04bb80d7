namespace Rtd.Daemon.Execution;

/// <summary>Waiting for two things at once without losing either's failure.</summary>
internal static class TaskPairs
{
    /// <summary>The first task's result once both are done; both have ended before an exception leaves.</summary>
    public static async Task<T> AlsoAwait<T>(this Task<T> task, Task other)
    {
        await Task.WhenAll(task, other);
        return await task;
    }
}
