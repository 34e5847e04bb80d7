using System.Collections.Concurrent;
using Rtd.Protocol.Netlink;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Links;

/// <summary>Deletes links on a thread of its own, all that wait in one go.</summary>
/// <remarks>
/// To unregister a link the kernel holds its one network lock through RCU grace periods, 10 to 30 ms. The thread keeps that off the pool,
/// which would run dry when many containers end together. And links deleted as a group share the grace periods: two hundred cost as much as one.
/// </remarks>
internal sealed class LinkReaper : IDisposable
{
    // "rtd" in ASCII: a link group nobody else is likely to use. Links are in it for an instant.
    private const uint DyingGroup = 0x727464;

    private readonly NetlinkSocket _socket = new();
    private readonly BlockingCollection<(string Name, TaskCompletionSource Done)> _queue = [];
    private readonly Thread _thread;

    public LinkReaper()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "link reaper" };
        _thread.Start();
    }

    /// <summary>Completes when the link is gone; one that is not there is gone already.</summary>
    public Task DeleteAsync(string name)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add((name, done));
        return done.Task;
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
        _socket.Dispose();
    }

    private void Run()
    {
        List<(string Name, TaskCompletionSource Done)> pending = [];
        foreach ((string, TaskCompletionSource) first in _queue.GetConsumingEnumerable())
        {
            pending.Add(first);
            while (_queue.TryTake(out (string, TaskCompletionSource) next))
            {
                pending.Add(next);
            }

            try
            {
                Delete(pending.ConvertAll(link => link.Name));
                pending.ForEach(link => link.Done.SetResult());
            }
            catch (Exception e)
            {
                pending.ForEach(link => link.Done.SetException(e));
            }

            pending.Clear();
        }
    }

    private void Delete(List<string> names)
    {
        // By index: kernels before 5.17 take the change of a missing name's group as one for all members of that group.
        List<int> indices = [.. names.Select(_socket.IndexOf).Where(index => index > 0)];
        string subject = string.Join(' ', names);
        NetlinkBatch batch = new();
        if (indices.Count == 1)
        {
            batch.Begin(Rtnetlink.RTM_DELLINK, 0, "delete link", subject, Libc.ENODEV).LinkHeader(index: indices[0]);
        }
        else if (indices.Count > 1)
        {
            foreach (int index in indices)
            {
                batch.Begin(Rtnetlink.RTM_NEWLINK, 0, "mark links for deletion", subject, Libc.ENODEV).LinkHeader(index: index)
                    .Put(Rtnetlink.IFLA_GROUP, DyingGroup);
            }

            batch.Begin(Rtnetlink.RTM_DELLINK, 0, "delete links", subject, Libc.ENODEV).LinkHeader().Put(Rtnetlink.IFLA_GROUP, DyingGroup);
        }

        _socket.Execute(batch);
    }
}
