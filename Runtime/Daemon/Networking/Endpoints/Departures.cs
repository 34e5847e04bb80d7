using NLog;

namespace Rtd.Daemon.Networking.Endpoints;

/// <summary>The endpoints of a network whose containers are done with them, while the kernel takes their links apart.</summary>
/// <remarks>
/// That takes the kernel tens of milliseconds, which nobody needs to wait for but who wants the same address, or the network gone. Until then
/// an endpoint keeps its addresses.
/// </remarks>
internal sealed class Departures
{
    private static readonly Logger s_log = LogManager.GetLogger("network");

    private readonly Lock _gate = new();
    private readonly Dictionary<Endpoint, Task> _leaving = [];

    /// <summary>Releases the endpoint and returns at once.</summary>
    public void Begin(Endpoint endpoint)
    {
        lock (_gate)
        {
            if (!_leaving.ContainsKey(endpoint))
            {
                // It cannot come to its own removal before it is in the list: that waits for the gate.
                _leaving.Add(endpoint, Task.Run(() => LeaveAsync(endpoint)));
            }
        }
    }

    /// <summary>Completes when all of them have left that it is true of now; never throws.</summary>
    public Task SettleAsync(Func<Endpoint, bool> concerns)
    {
        lock (_gate)
        {
            return _leaving.Count == 0 ? Task.CompletedTask : Task.WhenAll(_leaving.Where(pair => concerns(pair.Key)).Select(pair => pair.Value));
        }
    }

    /// <summary>Nobody may await this, so it must not throw.</summary>
    private async Task LeaveAsync(Endpoint endpoint)
    {
        try
        {
            await endpoint.ReleaseAsync();
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "endpoint {0}: its link cannot be removed; its address stays taken until the next start", endpoint.EndpointId);
        }
        finally
        {
            lock (_gate)
            {
                _leaving.Remove(endpoint);
            }
        }
    }
}
