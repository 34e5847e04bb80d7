using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.State;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    public ContainerInspect Inspect(string reference, bool withSize) => _presenter.Inspect(_store.Get(reference), withSize);

    /// <summary>Waits until the condition is met and gives the exit code. The wait has begun when the call returns.</summary>
    public Task<int> WaitAsync(string reference, WaitCondition condition, CancellationToken cancellation) =>
        _store.Get(reference).WaitAsync(condition, cancellation);
}
