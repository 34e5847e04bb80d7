using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Changes;

/// <summary>One step of a <see cref="TreeComparison"/>; its fd is open until the next step.</summary>
/// <param name="Kind">Null when the object is as it was: a directory on the way to something that is not.</param>
/// <param name="Path">From the tree's root, zero-terminated; just the zero for the root itself.</param>
/// <param name="Directory">Fd of the directory that the name is in.</param>
/// <param name="Name">Zero-terminated; "." for the root.</param>
/// <param name="Status">What the object is now. For a deletion, of what tells of it: the whiteout, or the directory it was in.</param>
/// <param name="HidesBelow">A directory that hides all that was in the one it took the place of.</param>
internal readonly record struct TreeChange(ChangeKind? Kind, byte[] Path, int Directory, byte[] Name, Libc.statx_t Status, bool HidesBelow)
{
    public bool IsDirectory => Kind != ChangeKind.Deleted && Status.Type == Libc.S_IFDIR;

    public bool IsRoot => Path.Length == 1;
}
