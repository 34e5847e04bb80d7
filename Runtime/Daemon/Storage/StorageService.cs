using Newtonsoft.Json;
using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Drivers;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Layers;
using Rtd.Daemon.Storage.Quotas;
using Rtd.Daemon.Storage.Trees;

namespace Rtd.Daemon.Storage;

/// <summary>Opens the data root: chooses the driver, reads layers and containers' layers, clears away what a kill left.</summary>
internal sealed class StorageService
{
    private const string RecordName = "storage.json";

    private static readonly Logger s_log = LogManager.GetLogger("storage");

    private readonly TreeRemoval _removal;

    /// <exception cref="EngineException">Invalid parameter: unknown driver or option, or the data root was made by another driver. System: the chosen driver does not work here.</exception>
    public StorageService(StorageOptions options)
    {
        StorageDriverOptions driverOptions = CheckOptions(options);
        StorageLayout.MakePrivate(options.DataRoot);
        string? asked = MadeBy(options) ?? options.Driver;
        (Place place, Driver) = asked is null ? StartFirst(options.DataRoot, driverOptions) : StartAsked(options.DataRoot, asked, driverOptions);
        (Layout, _removal, Quotas) = place;
        Record(options.DataRoot, Driver.Name);
        InitLayer.Make(Layout, _removal);
        LayerStore = new LayerStore(Layout, Driver, _removal);
        ContainerLayers = new ContainerLayers(Layout, LayerStore, Driver, _removal, Quotas);
    }

    public StorageLayout Layout { get; }

    public IGraphDriver Driver { get; }

    /// <summary>Of the file system that the driver works on; null where there are none.</summary>
    public ProjectQuotas? Quotas { get; }

    public LayerStore LayerStore { get; }

    public IContainerLayers ContainerLayers { get; }

    /// <summary>Called once when the images have taken hold of their layers: removes what an earlier run left, beside the start.</summary>
    /// <returns>Ends when all is gone; only tests need to wait for it.</returns>
    public Task ClearLeftovers()
    {
        LayerStore.RemoveUnheld();
        return TrashEmptied();
    }

    /// <summary>Ends when all that was removed so far has left the disk.</summary>
    public Task TrashEmptied() => _removal.EmptySoon();

    private static StorageDriverOptions CheckOptions(StorageOptions options)
    {
        if (options.Driver is { } driver)
        {
            StorageDrivers.Check(driver);
        }

        return StorageDrivers.ParseOptions(options.DriverOptions ?? [], warning => s_log.Warn(warning));
    }

    private static (Place Place, IGraphDriver Driver) StartAsked(string dataRoot, string driver, StorageDriverOptions options)
    {
        Place place = Prepare(dataRoot, driver);
        try
        {
            return (place, place.Start(driver, options));
        }
        catch (Exception failure) when (failure is NotSupportedException or EngineException)
        {
            if (!File.Exists(Path.Combine(dataRoot, RecordName)))
            {
                Directory.Delete(place.Layout.Root, recursive: true);
            }

            if (failure is NotSupportedException)
            {
                throw EngineException.System($"storage driver {driver} does not work on {dataRoot}: {failure.Message}", failure);
            }

            throw;
        }
    }

    /// <summary>For a new data root: the first driver that works there.</summary>
    private static (Place Place, IGraphDriver Driver) StartFirst(string dataRoot, StorageDriverOptions options)
    {
        List<string> problems = [];
        foreach (string driver in StorageDrivers.Preferred)
        {
            Place place = Prepare(dataRoot, driver);
            try
            {
                IGraphDriver started = place.Start(driver, options);
                if (driver == VfsDriver.DriverName)
                {
                    s_log.Warn("storage driver vfs is used, which copies every image for every container: on {0} {1}", dataRoot, string.Join("; ", problems));
                }

                return (place, started);
            }
            catch (NotSupportedException unsupported)
            {
                problems.Add($"{driver} does not work: {unsupported.Message}");
                Directory.Delete(place.Layout.Root, recursive: true);
            }
            catch (EngineException)
            {
                Directory.Delete(place.Layout.Root, recursive: true);
                throw;
            }
        }

        throw EngineException.System($"no storage driver works on {dataRoot}: {string.Join("; ", problems)}");
    }

    /// <summary>The driver that the data root was made with; null for a new one.</summary>
    private static string? MadeBy(StorageOptions options)
    {
        string path = Path.Combine(options.DataRoot, RecordName);
        bool isNew = !File.Exists(path);
        string? made = StateFile.Read<StorageRecord>(path, "which storage driver made this data root is told by its directories")?.Driver;
        if (made is null && !isNew)
        {
            made = StorageDrivers.Preferred.FirstOrDefault(driver => Directory.Exists(Path.Combine(options.DataRoot, driver)));
        }

        if (made is not null && options.Driver is not null && made != options.Driver)
        {
            throw EngineException.InvalidParameter(
                $"data root {options.DataRoot} was made by storage driver \"{made}\", not \"{options.Driver}\": start with --storage-driver={made} or use another --data-root");
        }

        return made;
    }

    private static void Record(string dataRoot, string driver)
    {
        string path = Path.Combine(dataRoot, RecordName);
        if (!File.Exists(path))
        {
            AtomicFile.Write(path, JsonConvert.SerializeObject(new StorageRecord { Driver = driver }));
        }
    }

    /// <summary>Moves what was being made into the trash, which is emptied beside the start.</summary>
    private static Place Prepare(string dataRoot, string driver)
    {
        StorageLayout layout = new(Path.Combine(dataRoot, driver));
        TreeRemoval removal = new(layout.Trash);
        ProjectQuotas? quotas = ProjectQuotas.Open(layout.Root);
        foreach (string leftover in Directory.EnumerateFileSystemEntries(layout.Stage))
        {
            ProjectQuotas.Discard(leftover, removal, quotas);
        }

        // Before the trash is emptied for the first time.
        quotas?.ForgetDiscarded(layout.Trash);
        return new Place(layout, removal, quotas);
    }

    /// <summary>What a driver works with.</summary>
    private sealed record Place(StorageLayout Layout, TreeRemoval Removal, ProjectQuotas? Quotas)
    {
        public IGraphDriver Start(string driver, StorageDriverOptions options) => StorageDrivers.Start(driver, Layout, Removal, Quotas, options);
    }
}
