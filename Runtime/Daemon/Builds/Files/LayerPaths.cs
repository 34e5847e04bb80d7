using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Tar;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Builds.Files;

/// <summary>The file system as it is with what a new layer has so far, over the image that it is laid on.</summary>
internal sealed class LayerPaths(FileTree below)
{
    private readonly Dictionary<string, (TarEntryType Type, string Target)> _made = [];

    /// <summary>Where a path leads, all links followed inside the root.</summary>
    public string Resolve(string path, bool followLast) => FileTree.Resolve(path, LinkOf, followLast);

    public bool IsDirectory(string path) => path.Length == 0
        || (_made.TryGetValue(path, out (TarEntryType Type, string) made) ? made.Type == TarEntryType.Directory : Below(path)?.Type == Libc.S_IFDIR);

    /// <summary>What the image has at a place, as long as nothing in the new layer hides it.</summary>
    public Libc.statx_t? Below(string path)
    {
        for (string above = BytePath.Directory(path); above.Length > 0; above = BytePath.Directory(above))
        {
            if (_made.TryGetValue(above, out (TarEntryType Type, string) made) && made.Type != TarEntryType.Directory)
            {
                return null;
            }
        }

        return below.Find(path);
    }

    public bool IsMade(string path) => _made.ContainsKey(path);

    public void Made(string path, TarEntryType type, string target = "") => _made[path] = (type, target);

    private string? LinkOf(string path)
    {
        if (_made.TryGetValue(path, out (TarEntryType Type, string Target) made))
        {
            return made.Type == TarEntryType.SymbolicLink ? made.Target : null;
        }

        return Below(path) is { Type: Libc.S_IFLNK } ? below.ReadLink(path) : null;
    }
}
