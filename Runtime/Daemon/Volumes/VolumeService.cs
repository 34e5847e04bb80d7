using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Text;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Volumes;

/// <summary>The verbs of volumes.</summary>
internal sealed class VolumeService(VolumeStore store)
{
    public VolumeList List(string? filterText)
    {
        QueryFilters filters = QueryFilterExtensions.ParseFilters(filterText, "dangling", "driver", "label", "label!", "name");
        bool? dangling = filters.Bool("dangling");
        return new VolumeList
        {
            Volumes = [.. store.All
                .Where(volume => dangling is null || dangling == (store.Users(volume.Name).Count == 0))
                .Where(volume => filters.Any("driver", driver => driver == "local"))
                .Where(volume => filters.Any("name", name => volume.Name.Contains(name, StringComparison.Ordinal)))
                .Where(volume => filters.MatchLabels(volume.Record.Labels))
                .Select(Summarize)],
        };
    }

    public VolumeSummary Inspect(string name) => Summarize(store.Get(name));

    public VolumeSummary Create(VolumeCreateRequest request) =>
        Summarize(store.Create(request.Name, request.Driver, request.DriverOpts, request.Labels));

    public void Remove(string name, bool force) => store.Remove(name, force);

    /// <summary>Removes volumes that no container uses.</summary>
    /// <param name="namedToo">Not only those without a name of their own; the filter all=true asks for it too.</param>
    public VolumePruneResult Prune(string? filterText, bool namedToo)
    {
        QueryFilters filters = QueryFilterExtensions.ParseFilters(filterText, "label", "label!", "all");
        bool all = namedToo || filters.Bool("all") == true;
        VolumePruneResult result = new();
        foreach (Volume volume in store.All.Where(volume => all || volume.Anonymous).Where(volume => filters.MatchLabels(volume.Record.Labels)))
        {
            long size = store.Users(volume.Name).Count == 0 ? store.Measure(volume) : 0;
            if (store.TryRemove(volume.Name))
            {
                result.VolumesDeleted.Add(volume.Name);
                result.SpaceReclaimed += size;
            }
        }

        store.PublishPrune(result.SpaceReclaimed);
        return result;
    }

    /// <summary>All volumes with size and number of users, for <c>/system/df</c>; without those that go while they are measured.</summary>
    public IReadOnlyList<VolumeSummary> Usage()
    {
        List<VolumeSummary> list = [];
        foreach (Volume volume in store.All)
        {
            try
            {
                VolumeSummary summary = Summarize(volume);
                summary.UsageData = new VolumeUsage { Size = store.Measure(volume), RefCount = store.Users(volume.Name).Count };
                list.Add(summary);
            }
            catch (SyscallException gone) when (gone.Errno == Libc.ENOENT)
            {
                // Removed meanwhile, so not in the list: what a client would see a moment later.
            }
        }

        return list;
    }

    private static VolumeSummary Summarize(Volume volume) => new()
    {
        CreatedAt = Timestamps.Format(volume.Record.Created),
        Driver = "local",
        Labels = volume.Record.Labels.Count > 0 ? volume.Record.Labels : null,
        Mountpoint = volume.Mountpoint,
        Name = volume.Name,
        Options = volume.Record.Options.Count > 0 ? volume.Record.Options : null,
    };
}
