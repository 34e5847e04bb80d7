using Rtd.Daemon.Containers.State;

namespace Rtd.Daemon.Containers.Archives;

/// <summary>Who is in a container's root, from outside, at the moment.</summary>
/// <remarks>
/// A root is mounted once at a time: overlayfs does not allow for a second mount over the same upper directory. So visitors of a stopped
/// container share one, and a start waits for all of them.
/// </remarks>
internal sealed class RootVisits
{
    private readonly Lock _lock = new();
    private readonly AsyncLock _gate = new();
    private ContainerRoot? _shared;
    private int _sharers;
    private int _visits;
    private TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource _ending = new();

    /// <summary>Enters the root of a running container; it is closed at the end of the visit.</summary>
    public RootVisit Enter(ContainerRoot root) => Begin(root, async () =>
    {
        await root.DisposeAsync();
        End();
    });

    /// <summary>Enters the root of a container that does not run, which is opened if nobody else is in it. In the container's queue.</summary>
    public async Task<RootVisit> EnterStoppedAsync(Func<Task<ContainerRoot>> open)
    {
        using AsyncLock.Holder holder = await _gate.AcquireAsync();
        _shared ??= await open();
        _sharers++;
        return Begin(_shared, LeaveStoppedAsync);
    }

    /// <summary>Waits until nobody is in the root any more; after a while visits are cut short. In the container's queue, so nobody enters meanwhile.</summary>
    public async Task EndAsync(TimeSpan patience)
    {
        Task empty;
        lock (_lock)
        {
            if (_visits == 0)
            {
                return;
            }

            empty = _empty.Task;
        }

        if (await Task.WhenAny(empty, Task.Delay(patience)) != empty)
        {
            CutShort();
            await empty;
        }
    }

    /// <summary>Ends all visits of now as soon as they notice.</summary>
    public void CutShort()
    {
        CancellationTokenSource ending;
        lock (_lock)
        {
            if (_visits == 0)
            {
                return;
            }

            (ending, _ending) = (_ending, new CancellationTokenSource());
        }

        ending.Cancel();
    }

    private RootVisit Begin(ContainerRoot root, Func<ValueTask> leave)
    {
        lock (_lock)
        {
            _visits++;
            return new RootVisit(root, leave, _ending.Token);
        }
    }

    private async ValueTask LeaveStoppedAsync()
    {
        try
        {
            using AsyncLock.Holder holder = await _gate.AcquireAsync();
            if (--_sharers == 0)
            {
                ContainerRoot root = _shared!;
                _shared = null;
                await root.DisposeAsync();
            }
        }
        finally
        {
            End();
        }
    }

    private void End()
    {
        TaskCompletionSource? left = null;
        lock (_lock)
        {
            if (--_visits == 0)
            {
                left = _empty;
                _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        left?.SetResult();
    }
}
