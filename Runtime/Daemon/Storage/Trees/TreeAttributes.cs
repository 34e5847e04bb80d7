using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Trees;

/// <summary>Owner, mode, times and xattrs of an object, from one directory to another. Links are never followed.</summary>
internal static class TreeAttributes
{
    /// <summary>XATTR_SIZE_MAX of <c>linux/limits.h</c>.</summary>
    private const int MaxXattr = 64 * 1024;

    /// <summary>The attribute of a directory that new entries in it inherit.</summary>
    public static ReadOnlySpan<byte> DefaultAcl => "system.posix_acl_default\0"u8;

    /// <summary>
    /// Copies what a chown does not disturb afterwards: owner first, since it clears setuid bits and capabilities. Not the default ACL
    /// (<see cref="CopyDefaultAcl"/>).
    /// </summary>
    public static void CopyOwnerModeXattrs(int source, ReadOnlySpan<byte> from, int target, ReadOnlySpan<byte> to, in Libc.statx_t status)
    {
        SetOwnerMode(target, to, status.Type, status.Permissions(), status.stx_uid, status.stx_gid);
        CopyXattrs(RawName.Through(source, from), RawName.Through(target, to));
    }

    public static void RemoveDefaultAcl(byte[] path)
    {
        int result = Libc.try_lremovexattr(path, DefaultAcl);
        if (result is not (0 or -Libc.ENODATA or -Libc.EOPNOTSUPP))
        {
            throw new SyscallException("lremovexattr", -result, RawName.Show(path));
        }
    }

    /// <summary>Copies a directory's default ACL, when all entries in the copy are there.</summary>
    public static void CopyDefaultAcl(byte[] from, byte[] to)
    {
        if (Xattr(from, DefaultAcl).Length > 0)
        {
            CopyXattr(from, to, DefaultAcl);
        }
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

    /// <summary>An attribute's value; empty when there is none.</summary>
    /// <param name="path">Zero-terminated; its last component is not followed.</param>
    public static byte[] Xattr(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name)
    {
        Span<byte> small = stackalloc byte[256];
        int length = Libc.try_lgetxattr(path, name, small);
        if (length != -Libc.ERANGE)
        {
            return length > 0 ? small[..length].ToArray() : [];
        }

        byte[] large = new byte[MaxXattr];
        length = Libc.try_lgetxattr(path, name, large);
        return length > 0 ? large[..length] : [];
    }

    /// <summary>The attributes that mean the same on another machine, sorted by name: all but the kernel's own, overlayfs' and fuse-overlayfs' marks and security labels.</summary>
    public static List<KeyValuePair<byte[], byte[]>> PortableXattrs(byte[] path)
    {
        List<KeyValuePair<byte[], byte[]>> attributes = [];
        foreach (byte[] name in XattrNames(path))
        {
            ReadOnlySpan<byte> key = name;
            bool portable = key.SequenceEqual("security.capability\0"u8) || (key.StartsWith("user."u8) && !Whiteout.IsNote(key)) || key.StartsWith("system.posix_acl_"u8);
            byte[] value = portable ? Xattr(path, name) : [];
            if (value.Length > 0)
            {
                attributes.Add(new(name, value));
            }
        }

        attributes.Sort((a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
        return attributes;
    }

    /// <summary>Copies all xattrs but those that mean something to overlayfs in the source only.</summary>
    private static void CopyXattrs(byte[] from, byte[] to)
    {
        foreach (byte[] name in XattrNames(from))
        {
            if (!name.AsSpan().StartsWith("trusted.overlay."u8) && !Whiteout.IsNote(name) && !name.AsSpan().SequenceEqual(DefaultAcl))
            {
                CopyXattr(from, to, name);
            }
        }
    }

    /// <summary>Zero-terminated names.</summary>
    private static List<byte[]> XattrNames(byte[] path)
    {
        Span<byte> names = new byte[Libc.try_llistxattr(path, default) switch { > 0 and int length => length + 256, _ => 0 }];
        int total = names.IsEmpty ? 0 : Libc.try_llistxattr(path, names);
        if (total < 0)
        {
            throw new SyscallException("llistxattr", -total, RawName.Show(path));
        }

        List<byte[]> list = [];
        for (Span<byte> rest = names[..total]; !rest.IsEmpty;)
        {
            int end = rest.IndexOf((byte)0) + 1;
            list.Add(rest[..end].ToArray());
            rest = rest[end..];
        }

        return list;
    }

    private static void CopyXattr(byte[] from, byte[] to, ReadOnlySpan<byte> name)
    {
        byte[] value = new byte[MaxXattr];
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
