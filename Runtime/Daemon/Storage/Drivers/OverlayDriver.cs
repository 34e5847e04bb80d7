using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Quotas;
using Rtd.Daemon.Storage.Trees;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Mounts;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Drivers;

/// <summary>overlayfs: layers as lower directories, the container's own as upper. Mounted by rtinit in the container's namespace, never on the host.</summary>
internal sealed class OverlayDriver : UnionDriver
{
    public const string DriverName = "overlay2";

    /// <summary>mount(2) copies one page of data and ends it with a zero.</summary>
    private const int MaxMountData = 4095;

    private readonly StorageLayout _layout;
    private readonly TreeRemoval _removal;
    private readonly string _options;
    private readonly ProjectQuotas? _quotas;
    private readonly StorageDriverOptions _settings;

    /// <exception cref="NotSupportedException">Overlay does not work on this data root.</exception>
    public OverlayDriver(StorageLayout layout, TreeRemoval removal, ProjectQuotas? quotas, StorageDriverOptions settings)
        : base(layout)
    {
        _layout = layout;
        _removal = removal;
        _quotas = quotas;
        _settings = settings;
        _options = OverlayProbe.Run(layout, removal);
    }

    public override string Name => DriverName;

    public override IReadOnlyList<KeyValuePair<string, string>> Status =>
    [
        new("Backing Filesystem", BackingFileSystem.Name(_layout.Root)),
        new("Supports d_type", "true"),
        new("Native Overlay Diff", "true"),
        new("userxattr", "false"),
    ];

    public override long? DefaultLimit => _settings.Size;

    /// <summary>Writes through overlayfs are held to it whoever makes them: the kernel takes CAP_SYS_RESOURCE from the credentials that it uses for the layers.</summary>
    public override void CheckLimit(long bytes)
    {
        // Docker's words, which name one of the two file systems.
        string? refusal = _quotas is null ? "--storage-opt is supported only for overlay over xfs with 'pquota' mount option"
            : bytes is > 0 and < ProjectQuotas.Smallest ? ProjectQuotas.TooSmall(bytes)
            : null;
        if (refusal is not null)
        {
            throw EngineException.InvalidParameter(refusal);
        }
    }

    public override void RenewLimit(string containerId, bool slack) => _quotas?.Renew(_layout.Container(containerId), slack ? ProjectQuotas.RoomToMount : 0);

    public override RootfsSpec Rootfs(string containerId, IReadOnlyList<string> chain) => new(RootfsKind.Overlay, _layout.Root, MountData(containerId, chain));

    public override SafeFileHandle OpenMappedRootfs(string containerId, IReadOnlyList<string> chain, Remapping remapping)
    {
        SafeFileHandle? tree = null;
        PrivateMount.Overlay(_layout.Root, MountData(containerId, chain), _layout.MountPoint, root => tree = BindSource.Open(root, ""), remapping);
        return tree!;
    }

    /// <summary>overlayfs takes layers with mapped ids since Linux 5.19; before that the mount succeeds and cannot be written to.</summary>
    public override void ProbeMapping(Remapping remapping)
    {
        try
        {
            OverlayProbe.Try(_layout, _removal, (stage, use) =>
                PrivateMount.Overlay(stage, WithOptions("lowerdir=lower,upperdir=upper,workdir=work"), _layout.MountPoint, use, remapping));
        }
        catch (SyscallException refused)
        {
            throw new NotSupportedException(refused.Message, refused);
        }
    }

    protected override SafeFileHandle OpenMerged(IEnumerable<string> lowers) =>
        PrivateMount.Open(_layout.Root, WithOptions("lowerdir=" + string.Join(':', lowers)), _layout.MountPoint);

    protected override SafeFileHandle OpenMergedTree(IEnumerable<string> lowers, string subpath, Remapping? remapping)
    {
        SafeFileHandle? tree = null;
        PrivateMount.Overlay(_layout.Root, WithOptions("lowerdir=" + string.Join(':', lowers)), _layout.MountPoint, root => tree = BindSource.Open(root, subpath), remapping);
        return tree!;
    }

    protected override void Limit(string stage, IReadOnlyList<string> places, long bytes) => _quotas!.Limit(stage, places, bytes);

    private string MountData(string containerId, IReadOnlyList<string> chain)
    {
        string data = WithOptions(Directories(containerId, chain, prefix: ""));
        return data.Length <= MaxMountData ? data : throw EngineException.System($"mount options of container {containerId} are too long: {data.Length} bytes");
    }

    private string WithOptions(string directories) => _options.Length == 0 ? directories : $"{directories},{_options}";
}
