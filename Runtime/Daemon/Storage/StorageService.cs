using Newtonsoft.Json;
using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Drivers;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Layers;
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
        CheckOptions(options);
        StorageLayout.MakePrivate(options.DataRoot);
        string? made = MadeBy(options);
        (Layout, _removal) = Prepare(options.DataRoot, made ?? options.Driver ?? OverlayDriver.DriverName);
        try
        {
            Driver = StartDriver(Layout, _removal);
        }
        catch (NotSupportedException unsupported) when (made is null && options.Driver is null)
        {
            s_log.Warn("storage driver vfs is used, which copies every image for every container: overlay2 does not work on {0}: {1}", options.DataRoot, unsupported.Message);
            Directory.Delete(Layout.Root, recursive: true);
            (Layout, _removal) = Prepare(options.DataRoot, VfsDriver.DriverName);
            Driver = StartDriver(Layout, _removal);
        }
        catch (NotSupportedException unsupported)
        {
            throw EngineException.System($"storage driver {OverlayDriver.DriverName} does not work on {options.DataRoot}: {unsupported.Message}", unsupported);
        }

        Record(options.DataRoot, Driver.Name);
        InitLayer.Make(Layout, _removal);
        LayerStore = new LayerStore(Layout, Driver, _removal);
        ContainerLayers = new ContainerLayers(Layout, LayerStore, Driver, _removal);
    }

    public StorageLayout Layout { get; }

    public IGraphDriver Driver { get; }

    public LayerStore LayerStore { get; }

    public IContainerLayers ContainerLayers { get; }

    /// <summary>Called once when the images have taken hold of their layers: removes what an earlier run left, beside the start.</summary>
    /// <returns>Ends when all is gone; only tests need to wait for it.</returns>
    public Task ClearLeftovers()
    {
        LayerStore.RemoveUnheld();
        return Task.Factory.StartNew(_removal.Empty, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static void CheckOptions(StorageOptions options)
    {
        if (options.Driver is not (null or OverlayDriver.DriverName or VfsDriver.DriverName))
        {
            throw EngineException.InvalidParameter($"unknown storage driver \"{options.Driver}\": must be {OverlayDriver.DriverName} or {VfsDriver.DriverName}");
        }

        if (options.DriverOptions is [string first, ..])
        {
            throw EngineException.InvalidParameter($"unknown storage option \"{first}\"");
        }
    }

    /// <summary>The driver that the data root was made with; null for a new one.</summary>
    private static string? MadeBy(StorageOptions options)
    {
        string path = Path.Combine(options.DataRoot, RecordName);
        string? made = File.Exists(path) ? JsonConvert.DeserializeObject<StorageRecord>(File.ReadAllText(path))?.Driver : null;
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
    private static (StorageLayout Layout, TreeRemoval Removal) Prepare(string dataRoot, string driver)
    {
        StorageLayout layout = new(Path.Combine(dataRoot, driver));
        TreeRemoval removal = new(layout.Trash);
        foreach (string leftover in Directory.EnumerateFileSystemEntries(layout.Stage))
        {
            removal.Discard(leftover);
        }

        return (layout, removal);
    }

    /// <exception cref="NotSupportedException">The driver does not work on this file system.</exception>
    private static IGraphDriver StartDriver(StorageLayout layout, TreeRemoval removal) => Path.GetFileName(layout.Root) == VfsDriver.DriverName
        ? new VfsDriver(layout, removal)
        : new OverlayDriver(layout, removal);
}
