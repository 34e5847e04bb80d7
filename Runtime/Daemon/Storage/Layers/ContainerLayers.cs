using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using NLog;
using Rtd.Daemon.Configuration;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Storage.Changes;
using Rtd.Daemon.Storage.Drivers;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Quotas;
using Rtd.Daemon.Storage.Trees;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Layers;

/// <summary>The containers' own layers, one directory each, whose name is the container's id.</summary>
/// <remarks>
/// A layer appears and goes by one rename. What it stands on is the text of a link in it, so there is nothing to flush: the fsync of the
/// container's own record, which follows, commits these directory changes too.
/// </remarks>
internal sealed class ContainerLayers : IContainerLayers
{
    private const string SizeOption = "size";

    private const string LowerName = "lower", NoLayers = "none", ImagePrefix = "image-";

    private static readonly Logger s_log = LogManager.GetLogger("storage");

    private readonly ConcurrentDictionary<string, LayerHold> _holds = [];
    private readonly ConcurrentDictionary<(string ContainerId, string ChainId), LayerHold> _imageHolds = [];
    private readonly ConcurrentDictionary<string, bool> _limited = [];
    private readonly StorageLayout _layout;
    private readonly LayerStore _layers;
    private readonly IGraphDriver _driver;
    private readonly TreeRemoval _removal;
    private readonly ProjectQuotas? _quotas;

    public ContainerLayers(StorageLayout layout, LayerStore layers, IGraphDriver driver, TreeRemoval removal, ProjectQuotas? quotas)
    {
        _layout = layout;
        _layers = layers;
        _driver = driver;
        _removal = removal;
        _quotas = quotas;
        Load();
    }

    public string DriverName => _driver.Name;

    public void Create(string containerId, Image image, IReadOnlyDictionary<string, string> options)
    {
        long? limit = ParseLimit(options);
        string final = _layout.Container(containerId);

        // The image may have been removed since the caller found it.
        LayerHold hold = _layers.TryHold(image.ChainId) ?? throw EngineException.NotFound($"No such image: {image.Id}");
        string stage = _layout.NewStage();
        try
        {
            _driver.CreateContainer(stage, Chain(image.ChainId), limit);
            File.CreateSymbolicLink(Path.Combine(stage, LowerName), image.ChainId.Length == 0 ? NoLayers : image.ChainId);
            Publish(stage, final, containerId);
            _holds[containerId] = hold;
            if (limit is not null)
            {
                _limited[containerId] = true;
            }
        }
        catch
        {
            hold.Dispose();
            throw;
        }
        finally
        {
            ProjectQuotas.Discard(stage, _removal, _quotas);
            _removal.EmptySoon();
        }
    }

    public void HoldImage(string containerId, string chainId)
    {
        if (chainId.Length == 0 || _imageHolds.ContainsKey((containerId, chainId)))
        {
            return;
        }

        LayerHold hold = _layers.TryHold(chainId) ?? throw EngineException.NotFound($"layer {chainId} of an image to mount does not exist");
        try
        {
            File.CreateSymbolicLink(Path.Combine(_layout.Container(containerId), ImagePrefix + chainId.Replace(':', '-')), chainId);
            _imageHolds[(containerId, chainId)] = hold;
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    public SafeFileHandle OpenImageTree(string chainId, string subpath, Remapping? remapping) =>
        _driver.OpenImageTree(chainId.Length == 0 ? [] : Chain(chainId), subpath, remapping);

    public RootfsSpec Rootfs(string containerId) => _driver.Rootfs(containerId, ChainUnder(containerId));

    public Task<SafeFileHandle?> OpenRootfsAsync(string containerId) => _driver.OpenRootfsAsync(containerId, ChainUnder(containerId));

    public SafeFileHandle OpenMappedRootfs(string containerId, Remapping remapping) => _driver.OpenMappedRootfs(containerId, ChainUnder(containerId), remapping);

    public Task CloseRootfsAsync(string containerId) => _driver.CloseRootfsAsync(containerId);

    public void Remove(string containerId)
    {
        ProjectQuotas.Discard(_layout.Container(containerId), _removal, _quotas);
        _limited.TryRemove(containerId, out _);
        if (_holds.TryRemove(containerId, out LayerHold? hold))
        {
            hold.Release();
        }

        foreach ((string, string) key in _imageHolds.Keys.Where(key => key.ContainerId == containerId))
        {
            if (_imageHolds.TryRemove(key, out LayerHold? image))
            {
                image.Release();
            }
        }

        _removal.EmptySoon();
    }

    public bool IsLimited(string containerId) => _limited.ContainsKey(containerId);

    public IDisposable? LoosenLimit(string containerId)
    {
        if (!IsLimited(containerId))
        {
            return null;
        }

        _driver.RenewLimit(containerId, slack: true);
        return new LoosenedLimit(() => RenewLimit(_layout.Container(containerId)));
    }

    public long Size(string containerId) => _driver.ContainerSize(containerId, ChainUnder(containerId));

    public void Sweep(IReadOnlySet<string> known)
    {
        foreach (string directory in Directory.GetDirectories(_layout.Containers))
        {
            if (!known.Contains(Path.GetFileName(directory)))
            {
                Remove(Path.GetFileName(directory));
            }
        }
    }

    public void CopyUp(string containerId, string pathInContainer, string target)
    {
        using SafeFileHandle image = _driver.OpenImage(ChainUnder(containerId));
        CopyUp(image, pathInContainer, target);
    }

    public IReadOnlyList<LayerChange> Changes(string containerId)
    {
        using ContainerTrees trees = _driver.OpenChanges(containerId, ChainUnder(containerId));
        return TreeComparison.Differences(trees)
            .Where(change => !change.IsRoot)
            .Select(change => new LayerChange("/" + RawName.Show(change.Path), change.Kind!.Value))
            .ToArray();
    }

    public void WriteChanges(string containerId, Func<IEnumerable<TreeChange>, IEnumerable<TreeChange>> select, Stream archive, CancellationToken cancelled)
    {
        using ContainerTrees trees = _driver.OpenChanges(containerId, ChainUnder(containerId));
        TreeArchive.Write(select(TreeComparison.ForArchive(trees)), archive, cancelled);
    }

    public void Export(string containerId, Stream archive, CancellationToken cancelled)
    {
        using SafeFileHandle root = _driver.OpenContainer(containerId, ChainUnder(containerId));
        TreeArchive.Write(TreeComparison.Everything(root), archive, cancelled);
    }

    public void ExportImage(string containerId, Stream archive, CancellationToken cancelled)
    {
        using SafeFileHandle root = _driver.OpenImage(ChainUnder(containerId));
        TreeArchive.Write(TreeComparison.Everything(root), archive, cancelled);
    }

    public IReadOnlyDictionary<string, string> Describe(string containerId) => _driver.Describe(containerId, ChainUnder(containerId));

    /// <summary>The path is the image's and the user's to choose: ".." and links stay below the image's root (CVE-2022-23648).</summary>
    private static void CopyUp(SafeFileHandle image, string path, string target)
    {
        int fd = Libc.try_openat2(image.Fd(), path, Libc.O_RDONLY | Libc.O_DIRECTORY, 0, Libc.RESOLVE_IN_ROOT | Libc.RESOLVE_NO_MAGICLINKS);
        if (fd is -Libc.ENOENT or -Libc.ENOTDIR or -Libc.ELOOP or -Libc.ENAMETOOLONG)
        {
            return;
        }

        using SafeFileHandle source = fd >= 0 ? Libc.Own(fd) : throw new SyscallException("openat2", -fd, path);
        using SafeFileHandle volume = Libc.open(target, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        if (DirectoryReader.Read(volume.Fd()).Count == 0)
        {
            TreeCopy.Copy(source.Fd(), volume.Fd());
        }
    }

    private long? ParseLimit(IReadOnlyDictionary<string, string> options)
    {
        long? limit = _driver.DefaultLimit;
        foreach ((string key, string value) in options)
        {
            if (!key.Equals(SizeOption, StringComparison.OrdinalIgnoreCase))
            {
                throw EngineException.InvalidParameter($"Unknown option {key}");
            }

            limit = ByteSize.TryParse(value, out long bytes) ? bytes : throw EngineException.InvalidParameter($"invalid size: '{value}'");
            _driver.CheckLimit(bytes);
        }

        return limit is > 0 ? limit : null;
    }

    private static void Publish(string stage, string final, string containerId)
    {
        try
        {
            OwnFiles.RenameNew(stage, final);
        }
        catch (SyscallException error) when (error.Errno == Libc.EEXIST)
        {
            throw EngineException.Conflict($"layer of container {containerId} already exists");
        }
    }

    private void Load()
    {
        foreach (string directory in Directory.EnumerateDirectories(_layout.Containers))
        {
            LoadImageHolds(directory);
            RenewLimit(directory);
            string? chainId = new FileInfo(Path.Combine(directory, LowerName)).LinkTarget;
            if (chainId is not null && _layers.TryHold(chainId == NoLayers ? ChainId.Empty : chainId) is { } hold)
            {
                _holds[Path.GetFileName(directory)] = hold;
            }
            else
            {
                s_log.Error("container layer {0} cannot be used: its image's layer {1} is missing", directory, chainId);
            }
        }
    }

    /// <summary>A limit that cannot be set now keeps no daemon from starting: the kernel may know it still, and the operator is told.</summary>
    private void RenewLimit(string directory)
    {
        if (QuotaNote.Read(directory) is not { } note)
        {
            return;
        }

        string containerId = Path.GetFileName(directory);
        _limited[containerId] = true;
        try
        {
            if (note.Project != 0 && _quotas is null)
            {
                throw new SyscallException("quotactl", Libc.ENOSYS, $"{_layout.Root}: {ProjectQuotas.Unsupported}");
            }

            _driver.RenewLimit(containerId, slack: false);
        }
        catch (SyscallException failure)
        {
            s_log.Error("the limit of {0} bytes on container {1} cannot be set again: {2}", note.Bytes, containerId, failure.Message);
        }
    }

    private void LoadImageHolds(string directory)
    {
        foreach (string link in Directory.EnumerateFileSystemEntries(directory, ImagePrefix + "*"))
        {
            if (new FileInfo(link).LinkTarget is { } chainId && _layers.TryHold(chainId) is { } hold)
            {
                _imageHolds[(Path.GetFileName(directory), chainId)] = hold;
            }
        }
    }

    private string[] ChainUnder(string containerId) => _holds.TryGetValue(containerId, out LayerHold? hold)
        ? Chain(hold.ChainId)
        : throw EngineException.System($"layer of container {containerId} does not exist or is damaged");

    private string[] Chain(string chainId) => _layers.Stack(chainId).Select(layer => layer.ChainId).ToArray();
}
