using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const ulong MS_RDONLY = 1, MS_NOSUID = 2, MS_NODEV = 4, MS_NOEXEC = 8, MS_SYNCHRONOUS = 16, MS_REMOUNT = 32, MS_MANDLOCK = 64,
        MS_DIRSYNC = 128, MS_NOATIME = 1024, MS_NODIRATIME = 2048, MS_BIND = 4096, MS_MOVE = 8192, MS_REC = 16384, MS_UNBINDABLE = 1 << 17,
        MS_PRIVATE = 1 << 18, MS_SLAVE = 1 << 19, MS_SHARED = 1 << 20, MS_RELATIME = 1 << 21, MS_STRICTATIME = 1 << 24;

    public const int MNT_DETACH = 2;

    /// <summary>mount attributes of <c>linux/mount.h</c>, for fsmount(2) and mount_setattr(2).</summary>
    public const ulong MOUNT_ATTR_RDONLY = 1, MOUNT_ATTR_NOSUID = 2, MOUNT_ATTR_NODEV = 4, MOUNT_ATTR_NOEXEC = 8, MOUNT_ATTR__ATIME = 0x70,
        MOUNT_ATTR_NOATIME = 0x10, MOUNT_ATTR_STRICTATIME = 0x20, MOUNT_ATTR_NODIRATIME = 0x80, MOUNT_ATTR_IDMAP = 0x100000;

    public const uint OPEN_TREE_CLONE = 1, OPEN_TREE_CLOEXEC = O_CLOEXEC, FSOPEN_CLOEXEC = 1, FSMOUNT_CLOEXEC = 1,
        MOVE_MOUNT_F_EMPTY_PATH = 4, MOVE_MOUNT_T_EMPTY_PATH = 0x40;

    private const uint FSCONFIG_SET_FLAG = 0, FSCONFIG_SET_STRING = 1, FSCONFIG_CMD_CREATE = 6;

    [StructLayout(LayoutKind.Sequential)]
    public struct mount_attr
    {
        public ulong attr_set;
        public ulong attr_clr;
        public ulong propagation;
        public ulong userns_fd;
    }

    [LibraryImport(LibraryName, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _mount(string? source, string target, string? type, nuint flags, string? data);

    [LibraryImport(LibraryName, EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _umount2(string target, int flags);

    [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long _pivot_root(long number, string newRoot, string putOld);

    [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long _open_tree(long number, int dirfd, string path, uint flags);

    [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long _move_mount(long number, int fromDirfd, string fromPath, int toDirfd, string toPath, uint flags);

    [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long _fsopen(long number, string type, uint flags);

    [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long _fsconfig(long number, int fd, uint command, string? key, string? value, int aux);

    [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true)]
    private static partial long _fsmount(long number, int fd, uint flags, uint attributes);

    [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial long _mount_setattr(long number, int dirfd, string path, uint flags, mount_attr* attributes, nuint size);

    public static void mount(string? source, string target, string? type, ulong flags, string? data)
    {
        if (_mount(source, target, type, (nuint)flags, data) < 0)
        {
            throw Failure("mount", target);
        }
    }

    public static void umount2(string target, int flags)
    {
        if (_umount2(target, flags) < 0)
        {
            throw Failure("umount2", target);
        }
    }

    /// <summary>0, or the negative errno.</summary>
    public static int try_umount2(string target, int flags) => _umount2(target, flags) == 0 ? 0 : -Marshal.GetLastPInvokeError();

    public static void pivot_root(string newRoot, string putOld)
    {
        if (_pivot_root(SYS_pivot_root, newRoot, putOld) < 0)
        {
            throw Failure("pivot_root", newRoot);
        }
    }

    /// <summary>A detached copy of a mount (OPEN_TREE_CLONE, with AT_RECURSIVE of the tree), Linux 5.2.</summary>
    public static SafeFileHandle open_tree(int dirfd, string path, uint flags, string subject)
    {
        long fd = _open_tree(SYS_open_tree, dirfd, path, flags | OPEN_TREE_CLOEXEC);
        return fd >= 0 ? Own((int)fd) : throw Failure("open_tree", subject);
    }

    /// <summary>As <see cref="open_tree"/>, but returns the bare fd or the negative errno: for a thread in a container's mount namespace, where nothing else is to happen.</summary>
    public static int try_open_tree(int dirfd, string path, uint flags)
    {
        long fd = _open_tree(SYS_open_tree, dirfd, path, flags | OPEN_TREE_CLOEXEC);
        return fd >= 0 ? (int)fd : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Attaches a detached mount onto what <paramref name="targetFd"/> holds, Linux 5.2.</summary>
    public static void move_mount(int mountFd, int targetFd, string subject)
    {
        if (_move_mount(SYS_move_mount, mountFd, "", targetFd, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
        {
            throw Failure("move_mount", subject);
        }
    }

    /// <summary>Makes a detached mount of a new file system by fsopen, fsconfig and fsmount (Linux 5.2).</summary>
    /// <param name="data">Comma-separated options as for mount(2); only for values that hold no comma.</param>
    /// <param name="attributes">MOUNT_ATTR_*.</param>
    public static SafeFileHandle fsmount(string type, string source, string data, ulong attributes)
    {
        long context = _fsopen(SYS_fsopen, type, FSOPEN_CLOEXEC);
        if (context < 0)
        {
            throw Failure("fsopen", type);
        }

        using SafeFileHandle fs = Own((int)context);
        if (source.Length > 0)
        {
            Configure(fs, FSCONFIG_SET_STRING, "source", source, type);
        }

        foreach (string option in data.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = option.IndexOf('=');
            if (equals < 0)
            {
                Configure(fs, FSCONFIG_SET_FLAG, option, null, type);
            }
            else
            {
                Configure(fs, FSCONFIG_SET_STRING, option[..equals], option[(equals + 1)..], type);
            }
        }

        Configure(fs, FSCONFIG_CMD_CREATE, null, null, type);
        long mount = _fsmount(SYS_fsmount, fs.Fd(), FSMOUNT_CLOEXEC, (uint)attributes);
        return mount >= 0 ? Own((int)mount) : throw Failure("fsmount", type);
    }

    private static void Configure(SafeFileHandle fs, uint command, string? key, string? value, string type)
    {
        if (_fsconfig(SYS_fsconfig, fs.Fd(), command, key, value, 0) < 0)
        {
            throw Failure("fsconfig", key is null ? type : $"{type} {key}{(value is null ? "" : "=" + value)}");
        }
    }

    /// <summary>Changes attributes of the mount that an fd holds, Linux 5.12.</summary>
    public static unsafe void mount_setattr(int fd, bool recursive, mount_attr attributes, string subject)
    {
        uint flags = (uint)(AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0));
        if (_mount_setattr(SYS_mount_setattr, fd, "", flags, &attributes, (nuint)sizeof(mount_attr)) < 0)
        {
            throw Failure("mount_setattr", subject);
        }
    }
}
