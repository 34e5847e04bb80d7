using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Unpack;

/// <summary>The extended attributes of an archive's member: which are set, which are left out, which are refused.</summary>
internal static class EntryXattrs
{
    /// <summary>Sets all but a directory's default ACL (<see cref="DefaultAcl"/>).</summary>
    /// <param name="set">Sets one, given its zero-terminated name and its value; 0 or the negative errno.</param>
    public static void Set(TarEntry entry, Func<byte[], byte[], int> set)
    {
        foreach ((byte[] key, byte[] value) in entry.Xattrs)
        {
            if (entry.Type != TarEntryType.Directory || !key.AsSpan().SequenceEqual(TreeAttributes.DefaultAcl))
            {
                Set(entry, key, value, set);
            }
        }
    }

    /// <summary>What a directory gives to new entries in it: to be set when all of its own are there.</summary>
    public static ReadOnlySpan<byte> DefaultAcl(TarEntry entry)
    {
        byte[] acl = entry.Xattrs.FirstOrDefault(attribute => attribute.Key.AsSpan().SequenceEqual(TreeAttributes.DefaultAcl)).Value ?? [];
        return acl.Length <= DirectoryEndings.MaxAcl ? acl : throw TarError.Entry(entry, "default ACL is too large");
    }

    private static void Set(TarEntry entry, byte[] key, byte[] value, Func<byte[], byte[], int> set)
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

        int result = set(key, value);
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
}
