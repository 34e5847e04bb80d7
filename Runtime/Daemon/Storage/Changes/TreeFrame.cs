using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Changes;

/// <summary>A directory that a <see cref="TreeComparison"/> is in, with the names it still has to look at.</summary>
internal sealed class TreeFrame : IDisposable
{
    private readonly SafeFileHandle _directory;
    private readonly Queue<(byte[] Name, bool Exists)> _names;

    /// <param name="path">Zero-terminated, from the root.</param>
    /// <param name="before">Names of the directory that was here before, to find out what is gone; null when that does not matter.</param>
    public TreeFrame(SafeFileHandle directory, byte[] path, IEnumerable<byte[]>? before, bool isPlain, bool existed)
    {
        _directory = directory;
        Path = path;
        IsPlain = isPlain;
        Existed = existed;
        Status = Libc.fstat(directory.Fd(), RawName.Show(path));

        // Sorted, so that the same change always gives the same archive.
        SortedDictionary<byte[], bool> names = new(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
        foreach (byte[] name in before ?? [])
        {
            names[name] = false;
        }

        foreach (DirectoryEntry entry in DirectoryReader.Read(directory.Fd()))
        {
            names[entry.Name] = true;
        }

        _names = new Queue<(byte[], bool)>(names.Select(pair => (pair.Key, pair.Value)));
    }

    public byte[] Path { get; }

    public int Fd => _directory.Fd();

    public Libc.statx_t Status { get; }

    /// <summary>All that is to be seen here is in this very directory: there are no whiteouts, and what is missing is gone.</summary>
    public bool IsPlain { get; }

    /// <summary>It was a directory before.</summary>
    public bool Existed { get; }

    /// <param name="exists">False for a name that only was there before.</param>
    public bool TryNext(out byte[] name, out bool exists)
    {
        bool more = _names.TryDequeue(out (byte[] Name, bool Exists) next);
        (name, exists) = next;
        return more;
    }

    public void Dispose() => _directory.Dispose();
}
