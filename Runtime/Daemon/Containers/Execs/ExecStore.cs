using System.Collections.Concurrent;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Execs;

/// <summary>All execs by id. An ended one can be inspected for five minutes; no timer is kept for that, each new exec sweeps the old.</summary>
internal sealed class ExecStore
{
    private static readonly TimeSpan s_keep = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, ExecInstance> _execs = new(StringComparer.Ordinal);

    public ExecInstance Get(string id) => _execs.GetValueOrDefault(id) ?? throw EngineException.NotFound($"No such exec instance: {id}");

    public void Add(ExecInstance exec)
    {
        foreach ((string id, ExecInstance old) in _execs)
        {
            if (old.EndedFor > s_keep)
            {
                _execs.TryRemove(id, out _);
            }
        }

        _execs[exec.Id] = exec;
    }

    public List<string> RunningIn(string containerId) =>
        [.. _execs.Values.Where(exec => exec.Container.Id == containerId && exec.State.Running).Select(exec => exec.Id)];

    public void RemoveOf(string containerId)
    {
        foreach ((string id, ExecInstance exec) in _execs)
        {
            if (exec.Container.Id == containerId)
            {
                _execs.TryRemove(id, out _);
            }
        }
    }
}
