namespace Rtd.Daemon.Containers.Archives;

/// <summary>One use of a container's root.</summary>
/// <param name="Root">Not to be used after the visit.</param>
/// <param name="Leave">Ends the visit.</param>
/// <param name="Ending">Cancelled when the container is about to start or to go, and cannot wait.</param>
internal sealed record RootVisit(ContainerRoot Root, Func<ValueTask> Leave, CancellationToken Ending) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Leave();
}
