using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Mounts;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Launching;

/// <summary>
/// What is different for the root of a user namespace: it enters nothing of the host's root and makes no device nodes, so that all it binds, devices
/// too, goes to it as trees.
/// </summary>
internal static class RemappedSpec
{
    private const string Queues = "/dev/mqueue";

    /// <param name="spec">As for the host's root.</param>
    /// <param name="sharesHostIpc">The ipc namespace is the host's, so that its message queues cannot be mounted anew.</param>
    public static ContainerSpec Of(ContainerSpec spec, bool sharesHostIpc)
    {
        IEnumerable<MountSpec> mounts = spec.Mounts
            .Where(mount => mount.Kind != MountKind.Mqueue || !sharesHostIpc || IsMounted(Queues))
            .Select(mount => mount.Kind == MountKind.Bind || (mount.Kind == MountKind.Mqueue && sharesHostIpc)
                ? mount with { Kind = MountKind.Tree, Source = mount.Kind == MountKind.Bind ? mount.Source : Queues }
                : mount)
            .Concat(spec.Devices.Select(device => new MountSpec(MountKind.Tree, device.Source, device.Path, Libc.MS_NOSUID | Libc.MS_NOEXEC, 0, false, "")));
        return spec with { Mounts = [.. mounts.OrderBy(mount => mount.Destination.AsSpan().Count('/'))], Devices = [] };
    }

    /// <summary>The tree of what none but the spec knows of: one of the host's files, devices or directories.</summary>
    public static SafeFileHandle Open(MountSpec mount) => BindSource.Open(mount.Source, "", mount.Recursive);

    private static bool IsMounted(string path) =>
        Libc.try_statx(Libc.AT_FDCWD, path, 0, out Libc.statx_t at) == 0 && Libc.try_statx(Libc.AT_FDCWD, "/dev", 0, out Libc.statx_t above) == 0 && at.stx_mnt_id != above.stx_mnt_id;
}
