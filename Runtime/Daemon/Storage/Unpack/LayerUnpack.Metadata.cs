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

        if (entry.Xattrs.Count > 0)
        {
            byte[] path = RawName.Through(parent, name);
            EntryXattrs.Set(entry, (key, value) => Libc.try_lsetxattr(path, key, value));
        }
    }

    private static void SetTimes(int parent, ReadOnlySpan<byte> name, TarEntry entry)
    {
        Libc.timespec time = new() { tv_sec = entry.Modified.Seconds, tv_nsec = entry.Modified.Nanoseconds };
        Check("utimensat", name, Libc.try_utimensat(parent, name, time, time));
    }
}
