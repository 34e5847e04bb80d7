using Rtd.Daemon.Storage.Trees;

namespace Rtd.Daemon.Volumes;

/// <summary>Volumes' directories are handled as layers' are: by fd, one level at a time.</summary>
internal sealed class VolumeTrees : IVolumeTrees
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TreeRemoval _removal;

    /// <param name="trash">On the volumes' file system; made when it is not there.</param>
    public VolumeTrees(string trash)
    {
        Directory.CreateDirectory(trash, Private);
        _removal = new TreeRemoval(trash);
    }

    public void Discard(string directory) => _removal.Discard(directory);

    public void Empty() => _removal.Empty();

    public long Measure(string directory) => TreeSize.Measure(directory);
}
