using NLog;
using Rtd.Daemon.Containers.State;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers;

/// <summary>Containers whose state the disk did not take, because it is full or fails: what is in memory is served, and written again until it is on disk.</summary>
/// <param name="write">Writes a container's record, in its queue.</param>
internal sealed class UnsavedContainers(Action<Container> write)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>For the queues of all of them together.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private static readonly Logger s_log = LogManager.GetLogger("containers");

    private readonly Lock _gate = new();
    private readonly Dictionary<Container, List<Action>> _waiting = [];
    private bool _retrying;

    /// <summary>Whether a failure to write is one of the disk, and not of ours.</summary>
    public static bool IsOfDisk(Exception failure) => failure is IOException or UnauthorizedAccessException or SyscallException;

    /// <param name="whenSaved">What may happen only when the state is on disk.</param>
    public void Add(Container container, Action? whenSaved)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(container, out List<Action>? actions))
            {
                _waiting[container] = actions = [];
            }

            if (whenSaved is not null)
            {
                actions.Add(whenSaved);
            }

            if (!_retrying)
            {
                _retrying = true;
                _ = RetryAsync();
            }
        }
    }

    /// <summary>Its state is on disk, or is not wanted any more.</summary>
    public void Saved(Container container)
    {
        List<Action>? actions;
        lock (_gate)
        {
            _waiting.Remove(container, out actions);
        }

        actions?.ForEach(static action => action());
    }

    /// <summary>Tries all of them once.</summary>
    public async Task TryAllAsync()
    {
        using CancellationTokenSource patience = new(s_patience);
        Container[] waiting;
        lock (_gate)
        {
            waiting = [.. _waiting.Keys];
        }

        foreach (Container container in waiting)
        {
            try
            {
                using AsyncLock.Holder holder = await container.Queue.AcquireAsync(patience.Token);
                if (!container.IsRemoved)
                {
                    write(container);
                    s_log.Info("container {0}: its state is written now", container.Id);
                }

                Saved(container);
            }
            catch (Exception failure) when (IsOfDisk(failure))
            {
                s_log.Debug("container {0}: its state still cannot be written: {1}", container.Id, failure.Message);
            }
            catch (OperationCanceledException)
            {
                // Busy, perhaps stuck: the others have their turn.
                s_log.Debug("container {0}: its state is not written yet: its queue is {1}", container.Id, container.Queue);
            }
        }
    }

    /// <summary>Until there is none left. Nobody awaits this, so it must not throw.</summary>
    private async Task RetryAsync()
    {
        while (true)
        {
            await Task.Delay(s_pause);
            try
            {
                await TryAllAsync();
            }
            catch (Exception failure)
            {
                s_log.Error(failure, "writing states again");
            }

            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    _retrying = false;
                    return;
                }
            }
        }
    }
}
