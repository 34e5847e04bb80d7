using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Registry;
using Rtd.Daemon.Storage;
using Rtd.Tests.Integration.Hosting;
using Rtd.Tests.Integration.Storage;
using Rtd.Tests.Unit.Storage;

namespace Rtd.Tests.Integration.Registry;

/// <summary>A data root of the test's own and a fake registry, in the test's process.</summary>
public abstract class RegistryTest : StorageTest, IAsyncLifetime
{
    private FakeRegistry? _registry;
    private ImageService? _service;

    internal FakeRegistry Registry => _registry!;

    internal ImageService Service => _service ??= OpenWith(new RegistryOptions([], [], MaxDownloadAttempts: 3));

    protected static byte[] One { get; } = new TarBuilder().Directory("a/").File("a/one", Noise(600_000, 1)).Build();

    protected static byte[] Two { get; } = new TarBuilder().File("a/two", "2").Build();

    public async Task InitializeAsync() => _registry = await FakeRegistry.StartAsync();

    public async Task DisposeAsync() => await Registry.DisposeAsync();

    internal ImageService OpenWith(RegistryOptions options)
    {
        _service = new ImageService(new StorageOptions(DataRoot), options);
        _service.Cleared.Wait();
        return _service;
    }

    internal async Task<RecordedTransfer> PullAsync(string name, string? platform = null, RegistryCredentials? credentials = null, CancellationToken cancelled = default)
    {
        RecordedTransfer progress = new();
        await Service.Pull.RunAsync(
            ImageReference.Parse(name.Contains('/') ? name : $"{Registry.Host}/{name}"),
            platform is null ? null : Platforms.Parse(platform),
            credentials ?? RegistryCredentials.Anonymous,
            progress,
            cancelled);
        return progress;
    }

    internal Task<EngineException> FailsAsync(string name, string? platform = null, RegistryCredentials? credentials = null) =>
        Assert.ThrowsAsync<EngineException>(() => PullAsync(name, platform, credentials));

    /// <summary>Bytes that do not compress, the same ones each time.</summary>
    protected static byte[] Noise(int length, int seed)
    {
        byte[] noise = new byte[length];
        new Random(seed).NextBytes(noise);
        return noise;
    }

    /// <summary>No image, no layer, nothing half-made.</summary>
    internal async Task NothingIsLeftAsync()
    {
        Assert.Empty(Service.Images.List());
        await Eventually.HoldsAsync(
            "nothing is left",
            () => new[] { Service.Storage.Layout.Layers, Service.Storage.Layout.Stage, Service.Storage.Layout.Trash }.All(directory => !Directory.EnumerateFileSystemEntries(directory).Any()));
    }

    internal string FileOf(string image, string path)
    {
        foreach (var layer in Service.Storage.LayerStore.Stack(Service.Images.Get(image).ChainId))
        {
            string file = Path.Combine(Service.Storage.Layout.Diff(layer.ChainId), path);
            if (File.Exists(file))
            {
                return FakeRegistry.Digest(File.ReadAllBytes(file));
            }
        }

        return "";
    }
}
