using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Trees;

/// <summary>Owner, mode, times and xattrs of an object, from one directory to another. Links are never followed.</summary>
internal static class TreeAttributes
{
    /// <summary>Copies what a chown does not disturb afterwards: owner first, since it clears setuid bits and capabilities.</summary>
    public static void CopyOwnerModeXattrs(int source, ReadOnlySpan<byte> from, int target, ReadOnlySpan<byte> to, in Libc.statx_t status)
    {
        SetOwnerMode(target, to, status.Type, status.Permissions(), status.stx_uid, status.stx_gid);
        CopyXattrs(RawName.Through(source, from), RawName.Through(target, to));
    }

    public static void SetOwnerMode(int directory, ReadOnlySpan<byte> name, uint type, uint permissions, uint uid, uint gid)
    {
        Check("fchownat", name, Libc.try_fchownat(directory, name, uid, gid));
        if (type != Libc.S_IFLNK)
        {
            Check("fchmodat", name, Libc.try_fchmodat(directory, name, permissions));
        }
    }

    public static void SetTimes(int directory, ReadOnlySpan<byte> name, in Libc.statx_t status, string subject)
    {
        int result = Libc.try_utimensat(directory, name, Time(status.stx_atime), Time(status.stx_mtime));
        if (result != 0)
        {
            throw new SyscallException("utimensat", -result, subject);
        }
    }

    /// <summary>Copies all xattrs but those that mean something to overlayfs in the source only.</summary>
    private static void CopyXattrs(byte[] from, byte[] to)
    {
        Span<byte> names = new byte[Libc.try_llistxattr(from, default) switch { > 0 and int length => length + 256, _ => 0 }];
        int total = names.IsEmpty ? 0 : Libc.try_llistxattr(from, names);
        if (total < 0)
        {
            throw new SyscallException("llistxattr", -total, RawName.Show(from));
        }

        for (Span<byte> rest = names[..total]; !rest.IsEmpty;)
        {
            int end = rest.IndexOf((byte)0) + 1;
            if (!rest.StartsWith("trusted.overlay."u8))
            {
                CopyXattr(from, to, rest[..end]);
            }

            rest = rest[end..];
        }
    }

    private static void CopyXattr(byte[] from, byte[] to, ReadOnlySpan<byte> name)
    {
        byte[] value = new byte[64 * 1024];
        int length = Libc.try_lgetxattr(from, name, value);
        Check("lgetxattr", name, length);
        int result = Libc.try_lsetxattr(to, name, value.AsSpan(0, length));
        if (result != -Libc.EOPNOTSUPP)
        {
            Check("lsetxattr", name, result);
        }
    }

    private static Libc.timespec Time(Libc.statx_timestamp time) => new() { tv_sec = time.tv_sec, tv_nsec = time.tv_nsec };

    private static void Check(string call, ReadOnlySpan<byte> name, int result)
    {
        if (result < 0)
        {
            throw new SyscallException(call, -result, RawName.Show(name));
        }
    }
}
