using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Unpack;

/// <summary>Owner, then mode, then xattrs, then times: chown takes setuid bits and capabilities away.</summary>
internal sealed partial class LayerUnpack
{
    private static void SetMetadata(int parent, ReadOnlySpan<byte> name, TarEntry entry)
    {
        Check("fchownat", name, Libc.try_fchownat(parent, name, entry.Uid, entry.Gid));
        if (entry.Type != TarEntryType.SymbolicLink)
        {
            Check("fchmodat", name, Libc.try_fchmodat(parent, name, entry.Mode));
        }

        foreach ((byte[] key, byte[] value) in entry.Xattrs)
        {
            if (entry.Type != TarEntryType.Directory || !key.AsSpan().SequenceEqual(TreeAttributes.DefaultAcl))
            {
                SetXattr(parent, name, entry, key, value);
            }
        }
    }

    /// <summary>What a directory gives to new entries in it: to be set when all of its own are there.</summary>
    private static ReadOnlySpan<byte> DefaultAcl(TarEntry entry)
    {
        byte[] acl = entry.Xattrs.FirstOrDefault(attribute => attribute.Key.AsSpan().SequenceEqual(TreeAttributes.DefaultAcl)).Value ?? [];
        return acl.Length <= DirectoryEndings.MaxAcl ? acl : throw TarError.Entry(entry, "default ACL is too large");
    }

    private static void SetOwnerAndMode(int parent, ReadOnlySpan<byte> name, uint uid, uint gid, uint mode)
    {
        Check("fchownat", name, Libc.try_fchownat(parent, name, uid, gid));
        Check("fchmodat", name, Libc.try_fchmodat(parent, name, mode));
    }

    private static void SetXattr(int parent, ReadOnlySpan<byte> name, TarEntry entry, byte[] key, byte[] value)
    {
        string shown = RawName.Show(key);
        if (shown.StartsWith("trusted.overlay.", StringComparison.Ordinal))
        {
            throw TarError.Entry(entry, $"extended attribute {shown} is not allowed");
        }

        if (Whiteout.IsNote(key))
        {
            return;
        }

        int result = Libc.try_lsetxattr(RawName.Through(parent, name), key, value);
        if (result != 0 && !IsBeyondThisFileSystem(entry, shown, -result))
        {
            throw TarError.Entry(entry, $"extended attribute {shown}: {Libc.strerror(-result)}");
        }
    }

    /// <summary>
    /// An archive may have been made where more was possible: security labels and ACLs that this kernel or file system does not know, user
    /// attributes on what cannot have them. Those are left out, as tar and Docker do.
    /// </summary>
    private static bool IsBeyondThisFileSystem(TarEntry entry, string key, int errno) => errno switch
    {
        Libc.EOPNOTSUPP => true,
        Libc.EPERM => key.StartsWith("user.", StringComparison.Ordinal) && entry.Type is not (TarEntryType.File or TarEntryType.Directory),
        _ => false,
    };

    private static void SetTimes(int parent, ReadOnlySpan<byte> name, TarEntry entry)
    {
        Libc.timespec time = new() { tv_sec = entry.Modified.Seconds, tv_nsec = entry.Modified.Nanoseconds };
        Check("utimensat", name, Libc.try_utimensat(parent, name, time, time));
    }
}
