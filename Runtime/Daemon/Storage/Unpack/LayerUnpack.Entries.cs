using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Unpack;

/// <summary>One method for each type of entry.</summary>
internal sealed partial class LayerUnpack
{
    private void UnpackRoot(TarEntry entry)
    {
        if (entry.Type != TarEntryType.Directory)
        {
            throw TarError.Entry(entry, "the root must be a directory");
        }

        _rootWasNamed = true;
        SetMetadata(_root.Fd(), ".\0"u8, entry);
        _endings.Add([0], entry.Modified, EntryXattrs.DefaultAcl(entry));
    }

    /// <summary>A directory merges with one that an earlier entry made; in place of a whiteout it hides what that hid.</summary>
    private void UnpackDirectory(TarEntry entry, EntryPath path, int parent)
    {
        int made = Libc.try_mkdirat(parent, path.Name, 0x1C0);
        if (made == -Libc.EEXIST)
        {
            Check("statx", path.Name, Libc.try_statx(parent, path.Name, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t old));
            if (old.Type != Libc.S_IFDIR)
            {
                Replace(parent, path.Name);
                Check("mkdirat", path.Name, Libc.try_mkdirat(parent, path.Name, 0x1C0));
            }

            if (Whiteout.Is(old))
            {
                using SafeFileHandle directory = Libc.openat(parent, path.Name, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW, 0, entry.Display);
                Check("setxattr", path.Name, Whiteout.MakeOpaque(directory.Fd()));
            }
        }
        else
        {
            Check("mkdirat", path.Name, made);
        }

        if (!_implied.IsEmpty)
        {
            Check("statx", path.Name, Libc.try_statx(parent, path.Name, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t named));
            _implied.Remove(named);
        }

        SetMetadata(parent, path.Name, entry);
        _endings.Add(path.Path, entry.Modified, EntryXattrs.DefaultAcl(entry));
    }

    private void UnpackFile(TarReader reader, TarEntry entry, EntryPath path, int parent, CancellationToken cancelled)
    {
        const int CreateNew = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW;
        int fd = Libc.try_openat(parent, path.Name, CreateNew, 0x180);
        if (fd == -Libc.EEXIST)
        {
            Replace(parent, path.Name);
            fd = Libc.try_openat(parent, path.Name, CreateNew, 0x180);
        }

        Check("openat", path.Name, fd);
        using SafeFileHandle file = Libc.Own(fd);
        reader.KeepContentAs(path.Path.AsSpan(..^1));
        bool isShared = _shared?.TryShare(path.Path.AsSpan(..^1), file, entry.Size) == true;
        long offset = 0;
        int read;
        while ((read = reader.ReadContent(_buffer)) > 0)
        {
            cancelled.ThrowIfCancellationRequested();
            if (!isShared)
            {
                RandomAccess.Write(file, _buffer.AsSpan(0, read), offset);
            }

            offset += read;
        }

        Size += offset;
        SetMetadata(parent, path.Name, entry);
        SetTimes(parent, path.Name, entry);
    }

    /// <summary>The target is a path from the layer's root, of an entry before; a symbolic link as target is linked to itself.</summary>
    private void UnpackHardLink(TarEntry entry, EntryPath path, int parent)
    {
        EntryPath target = EntryPath.Parse(entry, entry.LinkName);
        if (target.IsRoot)
        {
            throw TarError.Entry(entry, "a hard link to a directory is not possible");
        }

        int directory = _parents.TryOpen(target.Directory());
        Check("openat2", target.Path, directory);
        using SafeFileHandle targetParent = Libc.Own(directory);
        Check("statx", target.Path, Libc.try_statx(directory, target.Name, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t status));
        if (status.Type == Libc.S_IFDIR || Whiteout.Is(status))
        {
            throw TarError.Entry(entry, $"a hard link to \"{TarEntry.Show(entry.LinkName)}\" is not possible");
        }

        int linked = Libc.try_linkat(directory, target.Name, parent, path.Name);
        if (linked == -Libc.EEXIST)
        {
            if (IsSameObject(parent, path.Name, status))
            {
                return;
            }

            Replace(parent, path.Name);
            linked = Libc.try_linkat(directory, target.Name, parent, path.Name);
        }

        Check("linkat", path.Name, linked);
    }

    /// <summary>Its target is data, wherever it leads (at the root <c>..</c> is the root): nobody follows it but with this root as the root.</summary>
    private void UnpackSymbolicLink(TarEntry entry, EntryPath path, int parent)
    {
        if (entry.LinkName.Length is 0 or >= 4096)
        {
            throw TarError.Entry(entry, "invalid symbolic link target");
        }

        byte[] target = [.. entry.LinkName, 0];
        int made = Libc.try_symlinkat(target, parent, path.Name);
        if (made == -Libc.EEXIST)
        {
            Replace(parent, path.Name);
            made = Libc.try_symlinkat(target, parent, path.Name);
        }

        Check("symlinkat", path.Name, made);
        SetMetadata(parent, path.Name, entry);
        SetTimes(parent, path.Name, entry);
    }

    private void UnpackNode(TarEntry entry, EntryPath path, int parent)
    {
        if (entry is { Type: TarEntryType.CharacterDevice, DeviceMajor: 0, DeviceMinor: 0 })
        {
            throw TarError.Entry(entry, "a character device 0:0 is a whiteout on disk and not allowed as an entry");
        }

        uint type = entry.Type switch
        {
            TarEntryType.CharacterDevice => Libc.S_IFCHR,
            TarEntryType.BlockDevice => Libc.S_IFBLK,
            _ => Libc.S_IFIFO,
        };
        ulong device = Libc.makedev(entry.DeviceMajor, entry.DeviceMinor);
        int made = Libc.try_mknodat(parent, path.Name, type | 0x180, device);
        if (made == -Libc.EEXIST)
        {
            Replace(parent, path.Name);
            made = Libc.try_mknodat(parent, path.Name, type | 0x180, device);
        }

        Check("mknodat", path.Name, made);
        SetMetadata(parent, path.Name, entry);
        SetTimes(parent, path.Name, entry);
    }

    private static bool IsSameObject(int parent, ReadOnlySpan<byte> name, in Libc.statx_t other) =>
        Libc.try_statx(parent, name, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t status) == 0 && status.Identity() == other.Identity();
}
