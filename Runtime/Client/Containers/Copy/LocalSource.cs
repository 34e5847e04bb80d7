using System.Formats.Tar;
using Rtd.Client.Terminal;

namespace Rtd.Client.Containers.Copy;

/// <summary>A file or directory here that goes into a container.</summary>
internal sealed class LocalSource
{
    private readonly FileSystemInfo _root;

    private LocalSource(FileSystemInfo root, string name) => (_root, Name) = (root, name);

    /// <summary>The last part of its path, as the user wrote it.</summary>
    public string Name { get; }

    public bool IsDirectory => _root is DirectoryInfo && _root.LinkTarget is null;

    /// <exception cref="ClientException">There is no such file.</exception>
    public static LocalSource Look(CopyPlace place, bool followLink)
    {
        string path = Path.GetFullPath(place.Trimmed);
        FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        if (!info.Exists && info.LinkTarget is null)
        {
            throw new ClientException($"lstat {place.Trimmed}: {ErrnoText.Of(Libc.ENOENT)}");
        }

        string name = info.Name;
        if (info.LinkTarget is not null && (followLink || place.IsDirectory))
        {
            info = info.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true } target
                ? target
                : throw new ClientException($"stat {place.Trimmed}: {ErrnoText.Of(Libc.ENOENT)}");
        }

        return place.IsDirectory && info is not DirectoryInfo
            ? throw new ClientException($"stat {place.Path}: not a directory")
            : new LocalSource(info, name);
    }

    /// <summary>Writes an archive of it.</summary>
    /// <param name="root">The name of its root in the archive; null for its content without it.</param>
    public void WriteTo(Stream output, string? root)
    {
        using TarWriter writer = new(output, TarEntryFormat.Pax, leaveOpen: true);
        Write(writer, _root, root ?? ".");
    }

    private static void Write(TarWriter writer, FileSystemInfo item, string name)
    {
        writer.WriteEntry(item.FullName, name);
        if (item is not DirectoryInfo directory || item.LinkTarget is not null)
        {
            return;
        }

        foreach (FileSystemInfo child in directory.EnumerateFileSystemInfos().OrderBy(child => child.Name, StringComparer.Ordinal))
        {
            if (Libc.file_type(child.FullName) != Libc.S_IFSOCK)
            {
                Write(writer, child, $"{name}/{child.Name}");
            }
        }
    }
}
