using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Volumes.Local;
using Rtd.Protocol.Mounts;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Volumes;

/// <summary>A mounted volume's data: a directory of the host, or a mount that only the daemon leads to.</summary>
internal sealed class VolumeSource
{
    private readonly HeldMount? _mount;

    private VolumeSource(string path, HeldMount? mount)
    {
        Path = path;
        _mount = mount;
    }

    /// <summary>Where the data is on the host; for a held mount where Docker would have mounted it.</summary>
    public string Path { get; }

    /// <summary>Whether <see cref="Path"/> is all there is to bind.</summary>
    public bool IsPath => _mount is null;

    public static VolumeSource Of(string path) => new(path, null);

    public static VolumeSource Of(string path, HeldMount mount) => new(path, mount);

    /// <summary>A detached copy of the data's mount tree.</summary>
    /// <param name="subpath">A path below it, or ""; links that lead out are errors (EXDEV).</param>
    public SafeFileHandle OpenTree(string subpath) => _mount is null ? BindSource.Open(Path, subpath, recursive: true) : _mount.Clone(subpath);

    /// <summary>The data's directory, to read and write.</summary>
    public SafeFileHandle OpenDirectory()
    {
        if (_mount is null)
        {
            return Libc.open(Path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        }

        using SafeFileHandle tree = _mount.Clone("");
        return Libc.openat(tree.Fd(), ".", Libc.O_RDONLY | Libc.O_DIRECTORY);
    }
}
