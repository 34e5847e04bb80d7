using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Volumes;

/// <summary>The verbs of volumes.</summary>
internal sealed class VolumeService(VolumeStore store, IVolumeDrivers drivers)
{
    /// <summary>All volumes, those too that so far only a plugin knows of. A plugin that does not answer is a warning.</summary>
    public async Task<VolumeList> ListAsync(string? filterText)
    {
        QueryFilters filters = QueryFilterExtensions.ParseFilters(filterText, "dangling", "driver", "label", "label!", "name");
        bool? dangling = filters.Bool("dangling");
        VolumeList list = new();
        Dictionary<string, VolumeSummary> found = new(StringComparer.Ordinal);
        foreach (IVolumeDriver driver in await drivers.AllAsync())
        {
            try
            {
                foreach (DriverVolume known in await driver.ListAsync())
                {
                    found[known.Name] = Summarize(known, driver);
                }
            }
            catch (EngineException failure)
            {
                (list.Warnings ??= []).Add($"list: {failure.Message}");
            }
        }

        foreach (Volume volume in store.All)
        {
            // The mount point is what the driver has just said; the rest is ours to know.
            string? mountpoint = found.TryGetValue(volume.Name, out VolumeSummary? known) && known.Driver == volume.Record.Driver ? known.Mountpoint : null;
            found[volume.Name] = Summarize(volume, mountpoint);
        }

        list.Volumes =
        [
            .. found.Values
                .Where(volume => dangling is null || dangling == (store.Users(volume.Name).Count == 0))
                .Where(volume => filters.Any("driver", driver => driver == volume.Driver))
                .Where(volume => filters.Any("name", name => volume.Name.Contains(name, StringComparison.Ordinal)))
                .Where(volume => filters.MatchLabels(volume.Labels ?? []))
                .OrderBy(volume => volume.Name, StringComparer.Ordinal),
        ];
        return list;
    }

    public async Task<VolumeSummary> InspectAsync(string name)
    {
        Volume volume = await store.LookUpAsync(name);
        VolumeSummary summary = Summarize(volume, null);
        if (volume.Record.Driver != Local.LocalDriver.DriverName)
        {
            DriverVolume known = await volume.Driver.FindAsync(name) ?? throw EngineException.NotFound($"get {name}: no such volume");
            summary.Mountpoint = known.Mountpoint;
            summary.Status = known.Status;
            summary.CreatedAt = known.Created is { } created ? Timestamps.FormatSeconds(created) : summary.CreatedAt;
        }

        return summary;
    }

    public async Task<VolumeSummary> CreateAsync(VolumeCreateRequest request) =>
        await InspectAsync((await store.CreateAsync(request.Name, request.Driver, request.DriverOpts, request.Labels)).Name);

    public Task RemoveAsync(string name, bool force) => store.RemoveAsync(name, force);

    /// <summary>Removes plain local volumes that no container uses; what has options is another's data, and stays, as with Docker.</summary>
    /// <param name="namedToo">Not only those without a name of their own; the filter all=true asks for it too.</param>
    public async Task<VolumePruneResult> PruneAsync(string? filterText, bool namedToo)
    {
        QueryFilters filters = QueryFilterExtensions.ParseFilters(filterText, "label", "label!", "all");
        bool all = namedToo || filters.Bool("all") == true;
        VolumePruneResult result = new();
        foreach (Volume volume in store.All.Where(volume => volume.Plain && (all || volume.Anonymous) && filters.MatchLabels(volume.Record.Labels)))
        {
            long size = store.Users(volume.Name).Count == 0 ? store.Measure(volume) : 0;
            if (await store.TryRemoveAsync(volume.Name))
            {
                result.VolumesDeleted.Add(volume.Name);
                result.SpaceReclaimed += size;
            }
        }

        store.PublishPrune(result.SpaceReclaimed);
        return result;
    }

    /// <summary>All plain volumes with size and number of users, for <c>/system/df</c>; without those that go while they are measured.</summary>
    public IReadOnlyList<VolumeSummary> Usage()
    {
        List<VolumeSummary> list = [];
        foreach (Volume volume in store.All.Where(volume => volume.Plain))
        {
            try
            {
                VolumeSummary summary = Summarize(volume, null);
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

    private static VolumeSummary Summarize(Volume volume, string? mountpoint) => new()
    {
        CreatedAt = Timestamps.FormatSeconds(volume.Record.Created),
        Driver = volume.Record.Driver,
        Labels = volume.Record.Labels.Count > 0 ? volume.Record.Labels : null,
        Mountpoint = mountpoint ?? (volume.Record.Driver == Local.LocalDriver.DriverName ? volume.Mountpoint : ""),
        Name = volume.Name,
        Options = volume.Record.Options.Count > 0 ? volume.Record.Options : null,
        Scope = volume.Driver.Scope,
    };

    private static VolumeSummary Summarize(DriverVolume known, IVolumeDriver driver) => new()
    {
        CreatedAt = known.Created is { } created ? Timestamps.FormatSeconds(created) : "",
        Driver = driver.Name,
        Mountpoint = known.Mountpoint,
        Name = known.Name,
        Scope = driver.Scope,
    };
}
