using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Changes;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Trees;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Mounts;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Drivers;

/// <summary>
/// What drivers have in common that keep each layer as its changes in overlayfs' format and lay them over one another, the container's own
/// uppermost: they differ in who does that.
/// </summary>
internal abstract class UnionDriver : IGraphDriver
{
    private const string LinksName = "l", DiffName = "diff", WorkName = "work";

    private readonly StorageLayout _layout;

    protected UnionDriver(StorageLayout layout)
    {
        _layout = layout;
        StorageLayout.MakePrivate(Path.Combine(layout.Root, LinksName));
    }

    public abstract string Name { get; }

    public abstract IReadOnlyList<KeyValuePair<string, string>> Status { get; }

    public IReadOnlyList<string> LowerDirectories(IReadOnlyList<string> chain) => chain.Select(_layout.Diff).ToArray();

    /// <summary>What was unpacked is already in overlayfs' own format.</summary>
    public void Complete(string stage, IReadOnlyList<string> parent, CancellationToken cancelled)
    {
    }

    public void Publish(string chainId)
    {
        string link = Path.Combine(_layout.Root, LinksName, ShortName(chainId));
        string target = Path.Combine("..", Path.GetRelativePath(_layout.Root, _layout.Diff(chainId)));
        if (new FileInfo(link).LinkTarget != target)
        {
            File.Delete(link);
            File.CreateSymbolicLink(link, target);
        }
    }

    public void Withdraw(string chainId) => File.Delete(Path.Combine(_layout.Root, LinksName, ShortName(chainId)));

    /// <summary>The upper directory's own attributes are those of the container's root, so they come from the image.</summary>
    public void CreateContainer(string stage, IReadOnlyList<string> chain, long? limit)
    {
        string diff = Path.Combine(stage, DiffName);
        OwnFiles.MakeDirectory(diff, OwnFiles.SharedDirectory);
        string work = Path.Combine(stage, WorkName);
        OwnFiles.MakeDirectory(work, 0x1C0);
        if (limit is { } bytes)
        {
            Limit(stage, [diff, work], bytes);
        }

        using SafeFileHandle target = Libc.open(diff, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        if (chain.Count == 0)
        {
            TreeAttributes.SetOwnerMode(target.Fd(), ".\0"u8, Libc.S_IFDIR, 0x1ED, 0, 0);
            return;
        }

        using SafeFileHandle top = Libc.open(_layout.Diff(chain[0]), Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        Libc.statx_t status = Libc.fstat(top.Fd(), chain[0]);
        TreeAttributes.SetOwnerMode(target.Fd(), ".\0"u8, Libc.S_IFDIR, status.Permissions(), status.stx_uid, status.stx_gid);
    }

    public virtual long? DefaultLimit => null;

    public abstract void CheckLimit(long bytes);

    public virtual void RenewLimit(string containerId, bool slack)
    {
    }

    public abstract RootfsSpec Rootfs(string containerId, IReadOnlyList<string> chain);

    public virtual Task<SafeFileHandle?> OpenRootfsAsync(string containerId, IReadOnlyList<string> chain) => Task.FromResult<SafeFileHandle?>(null);

    public virtual Task CloseRootfsAsync(string containerId) => Task.CompletedTask;

    public abstract SafeFileHandle OpenMappedRootfs(string containerId, IReadOnlyList<string> chain, Remapping remapping);

    public abstract void ProbeMapping(Remapping remapping);

    public long ContainerSize(string containerId, IReadOnlyList<string> chain) => TreeSize.Measure(Path.Combine(_layout.Container(containerId), DiffName));

    /// <summary>There is no MergedDir: the merged tree exists only in the container's own mount namespace.</summary>
    public IReadOnlyDictionary<string, string> Describe(string? containerId, IReadOnlyList<string> chain)
    {
        Dictionary<string, string> data = [];
        IEnumerable<string> lowers = LowerDirectories(chain);
        if (containerId is null)
        {
            data["UpperDir"] = lowers.FirstOrDefault("");
            lowers = lowers.Skip(1);
        }
        else
        {
            string own = _layout.Container(containerId);
            data["UpperDir"] = Path.Combine(own, DiffName);
            data["WorkDir"] = Path.Combine(own, WorkName);
            lowers = lowers.Prepend(_layout.Init);
        }

        data["LowerDir"] = string.Join(':', lowers);
        return data;
    }

    /// <summary>One layer is itself the file system; of more a mount makes one.</summary>
    public SafeFileHandle OpenImage(IReadOnlyList<string> chain) => chain.Count switch
    {
        0 => OpenDirectory(_layout.MountPoint),
        1 => OpenDirectory(_layout.Diff(chain[0])),
        _ => OpenMerged(chain.Select(Link)),
    };

    public SafeFileHandle OpenImageTree(IReadOnlyList<string> chain, string subpath, Remapping? remapping) => chain.Count switch
    {
        0 => MappedMount.Of(BindSource.Open(_layout.MountPoint, subpath, recursive: false), remapping),
        1 => MappedMount.Of(BindSource.Open(_layout.Diff(chain[0]), subpath, recursive: false), remapping),
        _ => OpenMergedTree(chain.Select(Link), subpath, remapping),
    };

    /// <summary>
    /// The container's layer as the uppermost of the lower ones: a mount that cannot write, so it does not get in the way of the container's
    /// own. While that one runs, what changes meanwhile may be seen or not, as in any copy of a live tree.
    /// </summary>
    public SafeFileHandle OpenContainer(string containerId, IReadOnlyList<string> chain) =>
        OpenMerged([Path.Combine(Path.GetRelativePath(_layout.Root, _layout.Container(containerId)), DiffName), Path.GetFileName(_layout.Init), .. chain.Select(Link)]);

    public ContainerTrees OpenChanges(string containerId, IReadOnlyList<string> chain)
    {
        SafeFileHandle before = chain.Count == 0 ? OpenDirectory(_layout.Init) : OpenMerged([Path.GetFileName(_layout.Init), .. chain.Select(Link)]);
        try
        {
            return new ContainerTrees(OpenDirectory(Path.Combine(_layout.Container(containerId), DiffName)), new TreeUnion(before), isOverlay: true);
        }
        catch
        {
            before.Dispose();
            throw;
        }
    }

    /// <summary>Bounds what directories, empty so far, may come to take together; asked for only what <see cref="CheckLimit"/> lets pass.</summary>
    protected virtual void Limit(string stage, IReadOnlyList<string> places, long bytes) => throw new NotSupportedException();

    /// <summary>Mount options for a container's file system, that say where its directories are.</summary>
    /// <param name="prefix">What makes the names, which are relative to the driver's directory, into paths.</param>
    protected string Directories(string containerId, IReadOnlyList<string> chain, string prefix)
    {
        string own = prefix + Path.GetRelativePath(_layout.Root, _layout.Container(containerId));
        StringBuilder data = new(512);
        data.Append("lowerdir=").Append(prefix).Append(Path.GetFileName(_layout.Init));
        foreach (string chainId in chain)
        {
            data.Append(':').Append(prefix).Append(Link(chainId));
        }

        data.Append(",upperdir=").Append(own).Append('/').Append(DiffName);
        data.Append(",workdir=").Append(own).Append('/').Append(WorkName);
        return data.ToString();
    }

    /// <summary>The root of directories laid over one another, to read from; it is unmounted when the fd, and those opened through it, are closed.</summary>
    /// <param name="lowers">Relative to the driver's directory, the uppermost first.</param>
    protected abstract SafeFileHandle OpenMerged(IEnumerable<string> lowers);

    /// <summary>The same as a detached mount tree.</summary>
    /// <param name="lowers">Relative to the driver's directory, the uppermost first.</param>
    /// <param name="subpath">A path in it, or "".</param>
    protected abstract SafeFileHandle OpenMergedTree(IEnumerable<string> lowers, string subpath, Remapping? remapping);

    private static SafeFileHandle OpenDirectory(string path) => Libc.open(path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);

    private static string Link(string chainId) => $"{LinksName}/{ShortName(chainId)}";

    /// <summary>130 bits of the chain id in base 32: short enough for 128 of them in a page, and never needs to be stored.</summary>
    private static string ShortName(string chainId)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        const int Length = 26;
        byte[] hash = Convert.FromHexString(chainId.AsSpan("sha256:".Length));
        return string.Create(Length, hash, static (name, bytes) =>
        {
            for (int i = 0; i < name.Length; i++)
            {
                int bit = i * 5;
                int pair = (bytes[bit / 8] << 8) | bytes[(bit / 8) + 1];
                name[i] = Alphabet[(pair >> (11 - (bit % 8))) & 31];
            }
        });
    }
}
