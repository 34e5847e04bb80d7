using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Changes;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Archives;

/// <summary>Writes what a path names as an archive whose names begin with the path's last component.</summary>
internal static class ArchiveSource
{
    /// <param name="held">What the path names.</param>
    /// <param name="parent">The directory that has it under the path's last component, if it is not one itself.</param>
    public static void Write(ContainerRoot root, ContainerPath path, SafeFileHandle held, SafeFileHandle? parent, Stream output, CancellationToken cancelled)
    {
        if (parent is null)
        {
            TreeArchive.Write(Directory(root, path, held, Libc.fstat(held.Fd(), path.Text)), output, cancelled, root.Maps);
            return;
        }

        // What has the name by now is as good as what had it before.
        byte[] name = [.. Encoding.UTF8.GetBytes(path.Base), 0];
        bool there = Libc.try_statx(parent.Fd(), name, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t now) == 0 && now.Type != Libc.S_IFDIR;
        TreeArchive.Write(there ? [new TreeChange(ChangeKind.Added, name, parent.Fd(), name, now, false)] : [], output, cancelled, root.Maps);
    }

    private static IEnumerable<TreeChange> Directory(ContainerRoot root, ContainerPath path, SafeFileHandle held, Libc.statx_t status)
    {
        // The root's own names begin with the slash, as Docker's do; it has no name itself.
        byte[] prefix = path.Base switch
        {
            "/" => "/"u8.ToArray(),
            "." => "./"u8.ToArray(),
            string name => [.. Encoding.UTF8.GetBytes(name), (byte)'/'],
        };
        byte[] self = path.Base == "." ? [0] : [.. prefix.AsSpan(..^1), 0];
        if (path.Base != "/")
        {
            yield return new TreeChange(ChangeKind.Added, self, held.Fd(), [(byte)'.', 0], status, false);
        }

        foreach (TreeChange below in TreeComparison.Everything(held, root.IsForeign))
        {
            yield return below with { Path = [.. prefix, .. below.Path] };
        }
    }
}
