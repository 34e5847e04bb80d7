using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Containers.Archives;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Builds.Contexts;

/// <summary>
/// A directory of the builder's own that what a client sends is unpacked in. It is reached by fd only, as a mount without devices that nothing
/// else is in, and every path in it is resolved with it as the root. It goes when it is disposed of, and at the next start.
/// </summary>
internal sealed class PrivateTree : IAsyncDisposable
{
    private readonly TreeRemoval _removal;

    /// <param name="path">An empty directory.</param>
    public PrivateTree(string path, TreeRemoval removal)
    {
        Path = path;
        _removal = removal;
        SafeFileHandle tree = Libc.open_tree(Libc.AT_FDCWD, path, Libc.OPEN_TREE_CLONE, path);
        try
        {
            Root = new ContainerRoot(tree, []);
            Directory = Libc.openat(tree.Fd(), ".\0"u8, Libc.O_RDONLY | Libc.O_DIRECTORY, 0, path);
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    /// <summary>On the host, for mounts.</summary>
    public string Path { get; }

    public ContainerRoot Root { get; }

    /// <summary>The same directory, to be read.</summary>
    public SafeFileHandle Directory { get; }

    public async ValueTask DisposeAsync()
    {
        Directory.Dispose();
        await Root.DisposeAsync();
        _removal.Discard(Path);
        _ = _removal.EmptySoon();
    }
}
