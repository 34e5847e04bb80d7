using Rtd.Protocol.Spawn;

namespace Rtd.Daemon.Volumes.Local;

/// <summary>Runs work on a thread of its own, which may change its namespaces: it ends with the work, so nobody else ever runs in them.</summary>
internal static class NamespaceThread
{
    /// <param name="work">Starts no tasks: a thread that the pool makes on its behalf would inherit the namespaces.</param>
    public static Task<T> RunAsync<T>(string name, Func<T> work)
    {
        TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            try
            {
                result.SetResult(work());
            }
            catch (Exception failure)
            {
                result.SetException(failure);
            }
        })
        { Name = name };
        thread.StartOrThrow();
        return result.Task;
    }
}
