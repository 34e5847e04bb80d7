using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Archives;

/// <summary>The number that Go's fs.FileMode has for a file's type and permissions, which the API passes on as it is.</summary>
internal static class GoFileMode
{
    private const uint Directory = 1u << 31, Link = 1 << 27, Device = 1 << 26, NamedPipe = 1 << 25, Socket = 1 << 24, SetUid = 1 << 23, SetGid = 1 << 22,
        CharacterDevice = 1 << 21, Sticky = 1 << 20;

    public static uint From(in Libc.statx_t status) => (status.stx_mode & 0x1FFu)
        | Type(status.Type)
        | ((status.stx_mode & 0x800u) != 0 ? SetUid : 0)
        | ((status.stx_mode & 0x400u) != 0 ? SetGid : 0)
        | ((status.stx_mode & 0x200u) != 0 ? Sticky : 0);

    private static uint Type(uint type) => type switch
    {
        Libc.S_IFDIR => Directory,
        Libc.S_IFLNK => Link,
        Libc.S_IFBLK => Device,
        Libc.S_IFCHR => Device | CharacterDevice,
        Libc.S_IFIFO => NamedPipe,
        Libc.S_IFSOCK => Socket,
        _ => 0,
    };
}
