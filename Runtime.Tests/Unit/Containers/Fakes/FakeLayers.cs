using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Images;
using Rtd.Daemon.Storage;
using Rtd.Daemon.Storage.Changes;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Spec;

namespace Rtd.Tests.Unit.Containers.Fakes;

/// <summary>Remembers which layers exist.</summary>
internal sealed class FakeLayers : IContainerLayers
{
    private readonly ConcurrentDictionary<string, bool> _layers = new();

    public string DriverName => "overlay2";

    public IEnumerable<string> Existing => _layers.Keys;

    /// <summary>Destinations whose content was asked for.</summary>
    public ConcurrentQueue<string> CopiedUp { get; } = new();

    public List<(string ContainerId, string ChainId)> HeldImages { get; } = [];

    public Exception? RemoveFailure { get; set; }

    public Exception? CopyUpFailure { get; set; }

    public IReadOnlySet<string>? Swept { get; private set; }

    /// <summary>Options that containers were made with.</summary>
    public ConcurrentQueue<string> Options { get; } = new();

    public void Create(string containerId, Image image, IReadOnlyDictionary<string, string> options)
    {
        Assert.True(_layers.TryAdd(containerId, true));
        Options.Enqueue(string.Join(',', options.Select(option => $"{option.Key}={option.Value}")));
    }

    public bool IsLimited(string containerId) => false;

    public void HoldImage(string containerId, string chainId) => HeldImages.Add((containerId, chainId));

    public SafeFileHandle OpenImageTree(string chainId, string subpath, Remapping? remapping) => throw new NotSupportedException();

    public SafeFileHandle OpenMappedRootfs(string containerId, Remapping remapping) => throw new NotSupportedException();

    public RootfsSpec Rootfs(string containerId) => new(RootfsKind.Overlay, "/layers", $"lowerdir=l,upperdir={containerId}");

    public Task<SafeFileHandle?> OpenRootfsAsync(string containerId) => Task.FromResult<SafeFileHandle?>(null);

    public Task CloseRootfsAsync(string containerId) => Task.CompletedTask;

    public void Remove(string containerId)
    {
        if (RemoveFailure is { } failure)
        {
            throw failure;
        }

        _layers.TryRemove(containerId, out _);
    }

    public long Size(string containerId) => 42;

    public void Sweep(IReadOnlySet<string> known) => Swept = known;

    public void CopyUp(string containerId, string pathInContainer, string target)
    {
        CopiedUp.Enqueue(pathInContainer);
        if (CopyUpFailure is { } failure)
        {
            throw failure;
        }

        File.WriteAllText(Path.Combine(target, "from-image"), pathInContainer);
    }

    public IReadOnlyList<LayerChange> Changes(string containerId) => [new LayerChange("/changed", ChangeKind.Modified)];

    public void WriteChanges(string containerId, Func<IEnumerable<TreeChange>, IEnumerable<TreeChange>> select, Stream archive, CancellationToken cancelled) =>
        archive.Write(new byte[1024]);

    public void Export(string containerId, Stream archive, CancellationToken cancelled) => archive.Write(new byte[1024]);

    public void ExportImage(string containerId, Stream archive, CancellationToken cancelled) => archive.Write(new byte[1024]);

    public IReadOnlyDictionary<string, string> Describe(string containerId) => new Dictionary<string, string> { ["UpperDir"] = containerId };
}
