using System.Formats.Tar;
using Rtd.Client.Terminal;
using Rtd.Protocol.Patterns;

namespace Rtd.Client.Builds;

/// <summary>Writes a context as an archive while it is read: owner 0:0, modes and links kept, times in whole seconds as docker's client sends them.</summary>
internal sealed class ContextArchive : IDisposable
{
    private readonly TarWriter _writer;
    private readonly string _root;
    private readonly IgnorePatterns _ignored;
    private readonly HashSet<string> _replaced;
    private readonly Dictionary<(uint, uint, ulong), string> _linked = [];

    /// <param name="root">The context's directory, without links.</param>
    /// <param name="replaced">Paths that are not taken from the directory, since <see cref="Add"/> gives them.</param>
    public ContextArchive(Stream output, string root, IgnorePatterns ignored, IEnumerable<string> replaced)
    {
        _writer = new TarWriter(output, TarEntryFormat.Gnu, leaveOpen: true);
        _root = root;
        _ignored = ignored;
        _replaced = [.. replaced];
    }

    public void Dispose() => _writer.Dispose();

    /// <summary>Adds a file that is not in the directory.</summary>
    public void Add(string name, byte[] content)
    {
        using MemoryStream data = new(content);
        GnuTarEntry entry = new(TarEntryType.RegularFile, name) { DataStream = data, Mode = (UnixFileMode)0x180, ModificationTime = DateTimeOffset.UnixEpoch };
        _writer.WriteEntry(entry);
    }

    /// <exception cref="ClientException">A file cannot be read.</exception>
    public void AddDirectory() => AddChildren("", _ignored.Root, []);

    /// <param name="pending">Directories that are left out themselves but written before something in them.</param>
    private void AddChildren(string directory, IgnoreState state, List<(string Path, Libc.FileStatus Status)> pending)
    {
        foreach (string name in Names(directory))
        {
            string path = directory.Length == 0 ? name : $"{directory}/{name}";
            if (!_replaced.Contains(path))
            {
                AddItem(path, _ignored.Enter(path, state), pending);
            }
        }
    }

    private void AddItem(string path, IgnoreState state, List<(string Path, Libc.FileStatus Status)> pending)
    {
        Libc.FileStatus status = SourceStatus.Of(Full(path));
        bool isDirectory = status.Type == Libc.S_IFDIR;
        if (state.IsExcluded)
        {
            if (isDirectory && _ignored.MayKeepBelow(path))
            {
                pending.Add((path, status));
                AddChildren(path, state, pending);
                pending.Remove((path, status)); // it is gone already when something was written
            }

            return;
        }

        pending.ForEach(parent => Write(parent.Path, parent.Status));
        pending.Clear();
        Write(path, status);
        if (isDirectory)
        {
            AddChildren(path, state, pending);
        }
    }

    private void Write(string path, in Libc.FileStatus status)
    {
        switch (status.Type)
        {
            case Libc.S_IFSOCK:
                return; // an archive cannot hold one
            case Libc.S_IFDIR:
                WriteEntry(TarEntryType.Directory, path + "/", status, null);
                return;
            case Libc.S_IFLNK:
                WriteEntry(TarEntryType.SymbolicLink, path, status, new FileInfo(Full(path)).LinkTarget);
                return;
        }

        if (status.Links > 1 && !_linked.TryAdd(status.Identity, path))
        {
            WriteEntry(TarEntryType.HardLink, path, status, _linked[status.Identity]);
        }
        else if (status.Type == Libc.S_IFREG)
        {
            WriteFile(path, status);
        }
        else
        {
            WriteEntry(
                status.Type switch { Libc.S_IFIFO => TarEntryType.Fifo, Libc.S_IFCHR => TarEntryType.CharacterDevice, _ => TarEntryType.BlockDevice }, path, status, null);
        }
    }

    private void WriteFile(string path, in Libc.FileStatus status)
    {
        using FileStream file = Open(path);
        using SizedStream sized = new(file, status.Size, path);
        GnuTarEntry entry = Entry(TarEntryType.RegularFile, path, status);
        entry.DataStream = sized;
        _writer.WriteEntry(entry);
    }

    private void WriteEntry(TarEntryType type, string path, in Libc.FileStatus status, string? target)
    {
        GnuTarEntry entry = Entry(type, path, status);
        if (target is not null)
        {
            entry.LinkName = target;
        }

        if (type is TarEntryType.CharacterDevice or TarEntryType.BlockDevice)
        {
            entry.DeviceMajor = (int)status.DeviceMajor;
            entry.DeviceMinor = (int)status.DeviceMinor;
        }

        _writer.WriteEntry(entry);
    }

    private static GnuTarEntry Entry(TarEntryType type, string path, in Libc.FileStatus status) => new(type, path)
    {
        Mode = (UnixFileMode)(status.Mode & 0xFFF),
        Uid = 0,
        Gid = 0,
        ModificationTime = DateTimeOffset.FromUnixTimeSeconds(Math.Max(0, status.Modified)), // the format knows no time before 1970
    };

    private FileStream Open(string path)
    {
        try
        {
            return new FileStream(Full(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (UnauthorizedAccessException)
        {
            throw new ClientException($"error checking context: no permission to read from '{Full(path)}'");
        }
    }

    private List<string> Names(string directory)
    {
        try
        {
            List<string> names = [.. Directory.EnumerateFileSystemEntries(Full(directory)).Select(path => Path.GetFileName(path)!)];
            names.Sort(StringComparer.Ordinal);
            return names;
        }
        catch (UnauthorizedAccessException)
        {
            throw new ClientException($"error checking context: no permission to read from '{Full(directory)}'");
        }
    }

    private string Full(string path) => Path.Combine(_root, path);
}
