using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Builds.Files;

/// <summary>Finds what the words of COPY and ADD mean in a tree.</summary>
/// <param name="tree">The context, or the root of a stage or an image.</param>
/// <param name="isContext">Files of the context belong to root, whoever they were the client's; an image's keep their owner.</param>
/// <param name="options">What the instruction says of all its files.</param>
internal sealed class SourceSelection(FileTree tree, bool isContext, CopyOptions options)
{
    /// <summary>More names than any real copy has; what a pattern finds is held in memory.</summary>
    public const int MaxFiles = 2_000_000;

    private int _count;

    /// <summary>All that a word means, in order of names.</summary>
    /// <exception cref="EngineException">Invalid parameter: nothing, or outside of the tree.</exception>
    public IReadOnlyList<CopySource> Select(string word)
    {
        string path = BytePath.FromText(word);
        if (isContext && BytePath.ClimbsOut(path))
        {
            throw EngineException.InvalidParameter($"forbidden path outside the build context: {word} ()");
        }

        (string above, string pattern) = options.Parents ? SplitPivot(path) : ("", path);
        string clean = BytePath.Clean(above + "/" + pattern);
        bool hasWildcards = SourcePattern.HasWildcards(clean);
        List<string> found = [];
        if (hasWildcards)
        {
            Match("", clean.Split('/'), found);
        }
        else
        {
            found.Add(SourcePattern.Unescape(clean));
        }

        string kept = BytePath.Clean(above);
        return found.ConvertAll(match => Take(match, kept));
    }

    /// <summary>With <c>--parents</c>, what stands before <c>/./</c> is not kept.</summary>
    private static (string Above, string Pattern) SplitPivot(string path)
    {
        int pivot = path.IndexOf("/./", StringComparison.Ordinal);
        return pivot < 0 ? ("", path) : (path[..pivot], path[(pivot + 3)..]);
    }

    private void Match(string directory, ReadOnlySpan<string> components, List<string> found)
    {
        if (components.IsEmpty)
        {
            if (directory.Length > 0)
            {
                found.Add(directory);
            }

            return;
        }

        string component = components[0];
        if (!SourcePattern.HasWildcards(component))
        {
            string next = BytePath.Join(directory, SourcePattern.Unescape(component));
            if (tree.Find(next) is not null)
            {
                Match(next, components[1..], found);
            }

            return;
        }

        if (component == "**")
        {
            Match(directory, components[1..], found);
        }

        if (tree.Find(directory) is not { Type: Libc.S_IFDIR })
        {
            return;
        }

        foreach (string name in tree.Names(directory))
        {
            string path = BytePath.Join(directory, name);
            if (component == "**")
            {
                if (tree.Find(path) is { Type: Libc.S_IFDIR })
                {
                    Match(path, components, found);
                }
            }
            else if (SourcePattern.Matches(component, name))
            {
                Match(path, components[1..], found);
            }
        }
    }

    /// <summary>A link that is named itself stands for what it leads to, inside the tree; links in a directory are copied.</summary>
    private CopySource Take(string path, string kept)
    {
        string target = tree.Resolve(path, followLast: true);
        Libc.statx_t status = tree.Find(target) ?? throw Missing(path);
        string relative = kept.Length == 0 ? path : path.Length > kept.Length ? path[(kept.Length + 1)..] : "";
        bool isDirectory = status.Type == Libc.S_IFDIR;
        List<LayerFile> files = [File(target, "", status)];
        if (isDirectory)
        {
            Collect(target, "", files);
        }

        return new CopySource
        {
            Name = BytePath.Name(path),
            Above = options.Parents ? isDirectory ? relative : BytePath.Directory(relative) : "",
            IsDirectory = isDirectory,
            Files = files,
        };
    }

    private EngineException Missing(string path) => EngineException.InvalidParameter(
        $"{(isContext ? "file not found in build context or excluded by .dockerignore: " : "")}stat {BytePath.Show(path)}: file does not exist");

    private void Collect(string directory, string relative, List<LayerFile> files)
    {
        foreach (string name in tree.Names(directory))
        {
            string path = BytePath.Join(directory, name);
            string below = BytePath.Join(relative, name);
            bool excluded = options.Excludes(below);
            if (tree.Find(path) is not { } status || status.Type == Libc.S_IFSOCK || (excluded && !(status.Type == Libc.S_IFDIR && options.MayIncludeBelow)))
            {
                continue;
            }

            if (++_count > MaxFiles)
            {
                throw EngineException.InvalidParameter($"more than {MaxFiles} files to copy");
            }

            int before = files.Count;
            if (!excluded || status.Type == Libc.S_IFDIR)
            {
                files.Add(File(path, below, status));
            }

            if (status.Type == Libc.S_IFDIR)
            {
                Collect(path, below, files);
                if (excluded && files.Count == before + 1)
                {
                    files.RemoveAt(before); // only on the way to what an exception includes again, and there was nothing
                }
            }
        }
    }

    private LayerFile File(string path, string relative, Libc.statx_t status)
    {
        TarEntryType type = status.Type switch
        {
            Libc.S_IFDIR => TarEntryType.Directory,
            Libc.S_IFLNK => TarEntryType.SymbolicLink,
            Libc.S_IFCHR => TarEntryType.CharacterDevice,
            Libc.S_IFBLK => TarEntryType.BlockDevice,
            Libc.S_IFIFO => TarEntryType.Fifo,
            _ => TarEntryType.File,
        };
        return new LayerFile
        {
            Path = relative,
            Type = type,
            Mode = type == TarEntryType.SymbolicLink ? 0x1FF : options.Mode ?? Mode(status, type),
            Owner = options.Owner ?? (isContext ? FileOwner.Root : new FileOwner(status.stx_uid, status.stx_gid)),
            Modified = new TarTime(status.stx_mtime.tv_sec, 0),
            LinkTarget = type == TarEntryType.SymbolicLink ? tree.ReadLink(path) : "",
            Size = type == TarEntryType.File ? (long)status.stx_size : 0,
            Device = type is TarEntryType.CharacterDevice or TarEntryType.BlockDevice ? (status.stx_rdev_major, status.stx_rdev_minor) : (0, 0),
            Xattrs = Xattrs(path),
            Identity = type != TarEntryType.Directory && status.stx_nlink > 1 ? status.Identity() : null,
            Open = type == TarEntryType.File ? () => tree.Open(path, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK) : null,
        };
    }

    /// <summary>A file that changes its owner loses its setuid bit, and its setgid bit if its group may execute it, as by chown(2).</summary>
    private uint Mode(in Libc.statx_t status, TarEntryType type)
    {
        const uint SetUid = 0x800, SetGid = 0x400, GroupExecute = 0x8;
        uint mode = status.Permissions();
        bool changesOwner = type == TarEntryType.File && (isContext || options.Owner is not null);
        return !changesOwner ? mode : mode & ~(SetUid | ((mode & GroupExecute) != 0 ? SetGid : 0));
    }

    private IReadOnlyList<KeyValuePair<byte[], byte[]>> Xattrs(string path)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle parent = tree.Open(BytePath.Directory(path), Libc.O_PATH | Libc.O_DIRECTORY);
        string name = BytePath.Name(path);
        return TreeAttributes.PortableXattrs(RawName.Through(parent.Fd(), name.Length == 0 ? ".\0"u8 : BytePath.ToName(name)));
    }
}
