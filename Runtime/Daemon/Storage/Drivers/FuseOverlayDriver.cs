using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Trees;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Mounts;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Drivers;

/// <summary>
/// Layers as overlay2 has them, laid over one another by the host's fuse-overlayfs program where the kernel's overlayfs is not to be had.
/// The daemon makes each mount detached and gives it to rtinit; the end of the container's mount namespace ends the program.
/// </summary>
internal sealed class FuseOverlayDriver : UnionDriver
{
    public const string DriverName = "fuse-overlayfs";

    /// <summary>
    /// What a container has written must be in its own directory as soon as the write returns: commit and diff read it there, beside the
    /// mount. The kernel would otherwise keep it for up to half a minute.
    /// </summary>
    private const string Options = ",writeback=0";

    private readonly StorageLayout _layout;
    private readonly FuseOverlayProgram _program;
    private readonly ConcurrentDictionary<string, FuseOverlayProcess> _serving = [];

    /// <exception cref="NotSupportedException">The program or /dev/fuse is missing, or it does not work on this data root.</exception>
    public FuseOverlayDriver(StorageLayout layout, TreeRemoval removal)
        : base(layout)
    {
        _layout = layout;
        _program = FuseOverlayProgram.Find();
        try
        {
            OverlayProbe.Try(layout, removal, Probe);
        }
        catch (Exception failure) when (failure is SyscallException or EngineException)
        {
            throw new NotSupportedException(failure.Message, failure);
        }
    }

    public override string Name => DriverName;

    public override IReadOnlyList<KeyValuePair<string, string>> Status => [new("Backing Filesystem", BackingFileSystem.Name(_layout.Root))];

    /// <summary>The program writes with all capabilities, and ext4 holds nobody with CAP_SYS_RESOURCE to a limit.</summary>
    public override void CheckLimit(long bytes) => throw EngineException.InvalidParameter("--storage-opt is not supported by storage driver fuse-overlayfs");

    public override RootfsSpec Rootfs(string containerId, IReadOnlyList<string> chain) => new(RootfsKind.Mount, _layout.Root, "");

    public override async Task<SafeFileHandle?> OpenRootfsAsync(string containerId, IReadOnlyList<string> chain)
    {
        // Two programs on one upper directory would each believe what they remember of it.
        await CloseRootfsAsync(containerId);
        string options = Directories(containerId, chain, FuseOverlayProgram.BasePrefix) + Options;
        SafeFileHandle mount = _program.Mount(_layout.Root, options, $"container {containerId}", out FuseOverlayProcess process);
        _serving[containerId] = process;
        return mount;
    }

    public override async Task CloseRootfsAsync(string containerId)
    {
        if (_serving.TryRemove(containerId, out FuseOverlayProcess? process))
        {
            await process.EndAsync();
        }
    }

    public override SafeFileHandle OpenMappedRootfs(string containerId, IReadOnlyList<string> chain, Remapping remapping) => throw NotMapped();

    public override void ProbeMapping(Remapping remapping) => throw NotMapped();

    protected override SafeFileHandle OpenMerged(IEnumerable<string> lowers) =>
        Open(_layout.Root, "lowerdir=" + string.Join(':', lowers.Select(static lower => FuseOverlayProgram.BasePrefix + lower)), "a copy of layers");

    /// <summary>Part of a mount that nothing has attached can be had since Linux 6.15 only; before that the whole image alone.</summary>
    protected override SafeFileHandle OpenMergedTree(IEnumerable<string> lowers, string subpath, Remapping? remapping)
    {
        if (remapping is not null)
        {
            throw NotMapped();
        }

        SafeFileHandle mount = _program.Mount(
            _layout.Root, "lowerdir=" + string.Join(':', lowers.Select(static lower => FuseOverlayProgram.BasePrefix + lower)), "an image that is mounted", out _);
        if (subpath.Length == 0)
        {
            return mount;
        }

        using (mount)
        {
            return BindSource.Open(mount, subpath);
        }
    }

    /// <summary>The daemon does not start with user namespaces on this driver.</summary>
    private static NotSupportedException NotMapped() => new("FUSE mounts cannot have their ids mapped");

    private void Probe(string stage, Action<SafeFileHandle> use)
    {
        const string Prefix = FuseOverlayProgram.BasePrefix;
        using SafeFileHandle root = Open(stage, $"lowerdir={Prefix}lower,upperdir={Prefix}upper,workdir={Prefix}work{Options}", "a first try");
        use(root);
    }

    /// <summary>The mount is let go here; its file system lasts as long as the root is held.</summary>
    private SafeFileHandle Open(string directory, string options, string subject)
    {
        using SafeFileHandle mount = _program.Mount(directory, options, subject, out _);
        return Libc.openat(mount.Fd(), ".\0"u8, Libc.O_RDONLY | Libc.O_DIRECTORY, 0, subject);
    }
}
