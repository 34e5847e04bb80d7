using Rtd.Daemon.Storage;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Trees;

namespace Rtd.Daemon.Builds.Contexts;

/// <summary><c>DATA-ROOT/builds</c>: what builds need while they run (swept at start), and the caches that RUN mounts.</summary>
internal sealed class BuildDirectory
{
    private readonly string _work;

    public BuildDirectory(string dataRoot)
    {
        string root = Path.Combine(dataRoot, "builds");
        _work = Path.Combine(root, "work");
        Caches = Path.Combine(root, "caches");
        string trash = Path.Combine(root, "trash");
        foreach (string directory in (ReadOnlySpan<string>)[root, _work, Caches, trash])
        {
            StorageLayout.MakePrivate(directory);
        }

        Removal = new TreeRemoval(trash);
        foreach (string leftover in Directory.EnumerateFileSystemEntries(_work))
        {
            Removal.Discard(leftover);
        }

        _ = Removal.EmptySoon();
    }

    /// <summary>A directory for each cache.</summary>
    public string Caches { get; }

    /// <summary>Removes trees of this directory.</summary>
    public TreeRemoval Removal { get; }

    /// <summary>Where files without a name take their space.</summary>
    public string Spool => _work;

    /// <summary>A new, empty tree.</summary>
    public PrivateTree NewTree()
    {
        string path = Path.Combine(_work, Guid.NewGuid().ToString("N"));
        OwnFiles.MakeDirectory(path, OwnFiles.SharedDirectory); // a step may have it mounted, and run as anybody; those above are private
        try
        {
            OwnFiles.SpreadOut(path);
            return new PrivateTree(path, Removal);
        }
        catch
        {
            Directory.Delete(path);
            throw;
        }
    }
}
