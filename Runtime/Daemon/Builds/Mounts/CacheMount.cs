namespace Rtd.Daemon.Builds.Mounts;

/// <summary>A cache that a step has mounted, until it is disposed of.</summary>
internal sealed class CacheMount(string path, Action release) : IAsyncDisposable
{
    public string Path { get; } = path;

    public ValueTask DisposeAsync()
    {
        release();
        return ValueTask.CompletedTask;
    }
}
