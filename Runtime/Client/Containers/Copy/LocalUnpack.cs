using System.Formats.Tar;
using Rtd.Client.Terminal;

namespace Rtd.Client.Containers.Copy;

/// <summary>Unpacks what a container sent below one path here.</summary>
/// <remarks>
/// The archive is not trusted, since what is in a container may be: no name leads out of the target, and nothing is written through a link
/// that the archive itself has made.
/// </remarks>
/// <param name="root">Gets the place of the archive's root.</param>
/// <param name="isContents">The archive has no root of its own: all its names are below the target.</param>
internal sealed class LocalUnpack(string root, bool isContents)
{
    private readonly List<(string Path, UnixFileMode Mode, DateTimeOffset Time)> _directories = [];
    private readonly HashSet<string> _links = [];

    /// <exception cref="ClientException">A file cannot be written, or the archive is broken.</exception>
    public void Run(Stream archive)
    {
        try
        {
            using TarReader reader = new(archive, leaveOpen: true);
            while (reader.GetNextEntry() is { } entry)
            {
                Unpack(entry);
            }

            // Afterwards: a directory may be read-only, and gets a new time with each entry.
            foreach ((string path, UnixFileMode mode, DateTimeOffset time) in Enumerable.Reverse(_directories))
            {
                File.SetUnixFileMode(path, mode);
                Directory.SetLastWriteTimeUtc(path, time.UtcDateTime);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ClientException(failure.Message);
        }
    }

    private void Unpack(TarEntry entry)
    {
        string path = PathOf(entry.Name);
        if (entry.EntryType is TarEntryType.Directory)
        {
            MakeDirectory(path, entry);
            return;
        }

        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
        {
            throw new ClientException($"cannot overwrite directory \"{path}\" with non-directory \"{root}\"");
        }

        if (entry.EntryType is TarEntryType.HardLink)
        {
            Link(PathOf(entry.LinkName), path);
            return;
        }

        File.Delete(path);
        switch (entry.EntryType)
        {
            case TarEntryType.SymbolicLink:
                File.CreateSymbolicLink(path, entry.LinkName);
                _links.Add(path);
                break;
            case TarEntryType.Fifo or TarEntryType.CharacterDevice or TarEntryType.BlockDevice:
                MakeNode(path, (PosixTarEntry)entry);
                break;
            default:
                entry.ExtractToFile(path, overwrite: true);
                break;
        }
    }

    private static void MakeNode(string path, PosixTarEntry entry)
    {
        int type = entry.EntryType switch
        {
            TarEntryType.Fifo => Libc.S_IFIFO,
            TarEntryType.CharacterDevice => Libc.S_IFCHR,
            _ => Libc.S_IFBLK,
        };
        if (Libc.mknod(path, (uint)(type | (int)entry.Mode), entry.DeviceMajor, entry.DeviceMinor) is < 0 and int status)
        {
            throw new ClientException($"mknod {path}: {ErrnoText.Of(-status)}");
        }
    }

    private void MakeDirectory(string path, TarEntry entry)
    {
        if (_links.Contains(path) || (File.Exists(path) && !Directory.Exists(path)))
        {
            throw new ClientException($"cannot overwrite non-directory \"{path}\" with directory \"{root}\"");
        }

        Directory.CreateDirectory(path);
        _directories.Add((path, entry.Mode, entry.ModificationTime));
    }

    private static void Link(string existing, string path)
    {
        File.Delete(path);
        if (Libc.link(existing, path) is < 0 and int status)
        {
            throw new ClientException($"link {existing} {path}: {ErrnoText.Of(-status)}");
        }
    }

    /// <summary>The path here of a name in the archive.</summary>
    private string PathOf(string name)
    {
        string[] parts = [.. name.Split('/').Where(part => part is not ("" or "."))];
        if (parts.Contains(".."))
        {
            throw new ClientException($"the archive has a path that leads out of it: {name}");
        }

        string path = root;
        foreach (string part in parts.Skip(isContents ? 0 : 1))
        {
            if (_links.Contains(path))
            {
                throw new ClientException($"the archive has a path through a link of its own: {name}");
            }

            path = Path.Combine(path, part);
        }

        return path;
    }
}
