using Rtd.Daemon.Api;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Endpoints;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking;

internal sealed partial class NetworkService
{
    /// <summary>Removes a network that no running container is on.</summary>
    public async Task RemoveAsync(string nameOrId)
    {
        await EnterAsync();
        try
        {
            INetwork network = Find(nameOrId);
            if (!network.Record.UserDefined)
            {
                throw new EngineException(ErrorKind.Forbidden, $"{network.Record.Name} is a pre-defined network and cannot be removed");
            }

            await RemoveLockedAsync(network);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Removes all networks of users that nobody is on and that match the filters label, label! and until.</summary>
    /// <returns>Their names.</returns>
    public async Task<IReadOnlyList<string>> PruneAsync(string? filterText)
    {
        QueryFilters filters = QueryFilterExtensions.ParseFilters(filterText, "label", "label!", "until");
        DateTimeOffset until = filters.Has("until") ? Timestamps.ParseFilter(filters.Get("until")[0], DateTimeOffset.UtcNow) : DateTimeOffset.MaxValue;
        List<string> removed = [];
        await EnterAsync();
        try
        {
            foreach (INetwork network in _networks)
            {
                NetworkRecord record = network.Record;
                bool chosen = record is { UserDefined: true, ConfigOnly: false } && record.Created <= until && filters.MatchLabels(record.Labels);
                if (chosen && await TryRemoveLockedAsync(network))
                {
                    removed.Add(record.Name);
                }
            }
        }
        finally
        {
            _gate.Release();
        }

        _events?.Publish("network", "prune", "", [Pair("reclaimed", "0")]);
        return removed;
    }

    /// <summary>Takes back what a container that is gone has on a network; not found when that is nothing.</summary>
    /// <param name="container">Its name or id.</param>
    public async Task ForgetAsync(NetworkRecord record, string container)
    {
        AttachedEndpoint left = Find(record.Id).Endpoints.FirstOrDefault(attached => attached.ContainerName == container.TrimStart('/') || attached.ContainerId == container)
            ?? throw EngineException.NotFound($"No such container: {container}");
        await ((Endpoint)left.Endpoint).ReleaseAsync();
        PublishEndpoint("disconnect", record, left.ContainerId);
    }

    private async Task<bool> TryRemoveLockedAsync(INetwork network)
    {
        try
        {
            await RemoveLockedAsync(network);
            return true;
        }
        catch (EngineException inUse) when (inUse.Kind == ErrorKind.Forbidden)
        {
            return false; // a container came between the look and the removal
        }
    }

    /// <summary>Takes the mark back from the disk; if that fails, too, the next start goes on with the removal.</summary>
    private void TrySave(NetworkRecord record)
    {
        try
        {
            _store.Save();
        }
        catch (Exception failure) when (failure is IOException or SyscallException)
        {
            s_log.Error(failure, "network {0}: that its removal failed cannot be written down; the next start of the daemon removes it", record.Name);
        }
    }

    /// <summary>The mark on disk comes first: after a crash from there on, the next start goes on with the removal.</summary>
    private async Task RemoveLockedAsync(INetwork network)
    {
        RefuseWhenConfigurationIsUsed(network.Record);
        network.Close();
        NetworkRecord record = network.Record;
        record.Incomplete = true;
        try
        {
            await network.SettleAsync();
            _store.Save();
            network.Remove();
        }
        catch
        {
            record.Incomplete = false;
            network.Reopen();
            TrySave(record);
            throw;
        }

        _networks = _networks.Remove(network);
        _store.Remove(record);
        Publish("destroy", record);
    }
}
