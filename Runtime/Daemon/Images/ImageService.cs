using Rtd.Daemon.Images.Listing;
using Rtd.Daemon.Images.Registry;
using Rtd.Daemon.Images.Search;
using Rtd.Daemon.Images.Transfer;
using Rtd.Daemon.Storage;
using Rtd.Daemon.Storage.Files;

namespace Rtd.Daemon.Images;

/// <summary>All of images and storage, opened in the order that makes a killed daemon's data root consistent again.</summary>
internal sealed class ImageService
{
    /// <exception cref="Errors.EngineException">The data root cannot be used as asked; see <see cref="StorageService"/>.</exception>
    public ImageService(StorageOptions options, RegistryOptions? registries = null)
    {
        Storage = new StorageService(options);
        Images = new ImageStore(Path.Combine(options.DataRoot, "images"), Storage.LayerStore);
        Cleared = Storage.ClearLeftovers();
        Load = new ImageLoad(Images, Storage.LayerStore, Storage.Layout.Stage);
        Import = new ImageImport(Images, Storage.LayerStore);
        Commit = new ImageCommit(Images, Storage.LayerStore);
        List = new ImageList(Images, Storage.LayerStore);
        Registries = new RegistryConnector(registries ?? new RegistryOptions([], []));
        LayerSources sources = new(Storage.LayerStore);
        Describe = new ImageDescribe(Registries);
        Login = new RegistryLogin(Registries);
        Search = new ImageSearch(Registries);
        Push = new ImagePush(Images, Storage.LayerStore, new LayerUploads(Storage.LayerStore, sources, Registries), Registries);
        Pull = new ImagePull(Images, Storage.LayerStore, new LayerDownloads(Storage.LayerStore, sources, Registries), Registries);
    }

    public StorageService Storage { get; }

    public ImageStore Images { get; }

    /// <summary>Ends when the leftovers of an earlier run are gone; nothing has to wait for it.</summary>
    public Task Cleared { get; }

    public ImageLoad Load { get; }

    public ImageImport Import { get; }

    public ImageCommit Commit { get; }

    public ImageList List { get; }

    /// <summary>How registries are reached.</summary>
    public RegistryConnector Registries { get; }

    public ImagePull Pull { get; }

    public ImagePush Push { get; }

    public ImageDescribe Describe { get; }

    public RegistryLogin Login { get; }

    public ImageSearch Search { get; }

    /// <summary>Makes ready to save images; holds their layers until it is disposed.</summary>
    public ImageSave Save(IReadOnlyList<string> references) => new(Images, Storage.LayerStore, references);

    /// <summary>Runs blocking work that reads a request body, on a thread of its own.</summary>
    /// <param name="body">A stream that may only read asynchronously.</param>
    public static Task<T> WithBody<T>(Stream body, Func<Stream, T> work, CancellationToken cancelled) =>
        Task.Factory.StartNew(
            () =>
            {
                using BlockingStream source = new(body, cancelled);
                return work(source);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
}
