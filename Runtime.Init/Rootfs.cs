using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>The container's root mount, held by fd; paths below it are resolved with it as their root.</summary>
internal sealed class Rootfs : IDisposable
{
    private readonly SafeFileHandle _fd;

    private Rootfs(SafeFileHandle fd)
    {
        _fd = fd;
    }

    public int Fd => _fd.Fd();

    /// <summary>From here on nothing we mount reaches the host.</summary>
    public static void Separate() => Libc.mount(null, "/", null, Libc.MS_REC | Libc.MS_SLAVE, null);

    /// <param name="received">Fds that came along with the spec.</param>
    public static Rootfs Mount(RootfsSpec spec, IReadOnlyList<SafeFileHandle> received)
    {
        if (spec.Kind == RootfsKind.Mapped)
        {
            // Over the old root, whose paths lead past it still: it is everything that root of a user namespace can surely mount on.
            using SafeFileHandle top = Libc.open("/", Libc.O_PATH | Libc.O_DIRECTORY);
            Libc.mount_setattr(received[^1].Fd(), recursive: true, new Libc.mount_attr { propagation = Libc.MS_PRIVATE }, "/");
            Libc.move_mount(received[^1].Fd(), top.Fd(), "/");
            return new Rootfs(received[^1]);
        }

        Libc.chdir(spec.BaseDirectory);

        // pivot_root refuses a root whose parent mount is shared: put a private one in between.
        Libc.mount(spec.BaseDirectory, spec.BaseDirectory, null, Libc.MS_BIND, null);
        Libc.mount(null, spec.BaseDirectory, null, Libc.MS_PRIVATE, null);
        if (spec.Kind == RootfsKind.Overlay)
        {
            // On top of the directory that holds the layers: in this mount namespace nobody needs it any more, and no mount point is to be made.
            Libc.mount("overlay", spec.BaseDirectory, "overlay", 0, spec.Data);
        }
        else if (spec.Kind == RootfsKind.Mount)
        {
            // Over the layers' directory too. With --init this process stays, so that the fd must not.
            using SafeFileHandle detached = received[^1];
            using SafeFileHandle target = Libc.open(spec.BaseDirectory, Libc.O_PATH | Libc.O_DIRECTORY);
            Libc.move_mount(detached.Fd(), target.Fd(), spec.BaseDirectory);
        }
        else
        {
            Libc.mount(spec.BaseDirectory, spec.BaseDirectory, null, Libc.MS_BIND | Libc.MS_REC, null);
        }

        Libc.mount(null, spec.BaseDirectory, null, Libc.MS_REC | Libc.MS_PRIVATE, null);
        return new Rootfs(Libc.open(spec.BaseDirectory, Libc.O_PATH | Libc.O_DIRECTORY));
    }

    /// <summary>Makes it the root and lets the old tree go; pivot_root(2) explains the two dots.</summary>
    public void Pivot()
    {
        using SafeFileHandle old = Libc.open("/", Libc.O_PATH | Libc.O_DIRECTORY);
        Libc.fchdir(Fd);
        Libc.pivot_root(".", ".");
        Libc.fchdir(old.Fd());

        // Detaching the old tree must not travel back to the host.
        Libc.mount(null, ".", null, Libc.MS_REC | Libc.MS_SLAVE, null);
        Libc.umount2(".", Libc.MNT_DETACH);
        Libc.chdir("/");
    }

    public void Finish(bool isReadonly, ulong propagation)
    {
        if (isReadonly)
        {
            Libc.mount_setattr(Fd, recursive: false, new Libc.mount_attr { attr_set = Libc.MOUNT_ATTR_RDONLY }, "/");
        }

        if (propagation != 0)
        {
            Libc.mount(null, "/", null, propagation, null);
        }
    }

    public void Dispose() => _fd.Dispose();
}
