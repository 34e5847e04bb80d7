namespace Rtd.Daemon.Builds.Mounts;

/// <summary>A secret on its way into a step; it goes when it is disposed of.</summary>
internal sealed record SecretFile(string Path) : IAsyncDisposable
{
    public ValueTask DisposeAsync()
    {
        File.Delete(Path);
        return ValueTask.CompletedTask;
    }
}
