using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Json;

namespace Rtd.Client.Containers.Statistics;

/// <summary>The last sample of each container that is followed; each has a stream of its own, read on a thread of its own.</summary>
internal sealed class StatisticsWatch(EngineClient engine) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<string> _order = [];
    private readonly Dictionary<string, JsonDocument> _samples = [];
    private readonly Dictionary<string, string> _ends = [];

    /// <summary>All that were followed have ended.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _order.TrueForAll(_ends.ContainsKey);
            }
        }
    }

    public void Follow(string container)
    {
        lock (_gate)
        {
            if (_order.Contains(container))
            {
                return;
            }

            _order.Add(container);
        }

        new Thread(() => Read(container)) { IsBackground = true, Name = "stats" }.Start();
    }

    /// <summary>Follows these and forgets others.</summary>
    public void FollowOnly(IReadOnlyCollection<string> containers)
    {
        lock (_gate)
        {
            foreach (string gone in _order.Except(containers).ToArray())
            {
                _order.Remove(gone);
                _ends.Remove(gone);
                _samples.Remove(gone);
            }
        }

        foreach (string container in containers)
        {
            Follow(container);
        }
    }

    public IReadOnlyList<StatisticsRow> Rows(bool wholeIds)
    {
        lock (_gate)
        {
            return [.. _order.Select(container => _samples.TryGetValue(container, out JsonDocument? sample)
                ? new StatisticsRow(container, sample.RootElement) { WantsWholeId = wholeIds }
                : new StatisticsRow(container))];
        }
    }

    /// <summary>Says why containers could not be followed; the exit code.</summary>
    public int Tell(ClientContext context)
    {
        lock (_gate)
        {
            foreach (string reason in _ends.Values.Where(reason => reason.Length > 0))
            {
                context.Complain(reason);
            }

            return _ends.Values.Any(reason => reason.Length > 0) ? 1 : 0;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _order.Clear();
        }
    }

    private void Read(string container)
    {
        string reason = "";
        try
        {
            using EngineResponse response = engine.Send("GET", $"/containers/{QueryString.Segment(container)}/stats?stream=1");
            foreach (JsonDocument sample in JsonStream.Read(response.Body))
            {
                lock (_gate)
                {
                    if (!_order.Contains(container))
                    {
                        return;
                    }

                    _samples[container] = sample;
                }
            }
        }
        catch (Exception failure) when (failure is EngineException or ClientException)
        {
            reason = failure.Message;
        }

        lock (_gate)
        {
            _ends[container] = reason;
        }
    }
}
