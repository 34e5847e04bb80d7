using Rtd.Daemon.Storage.Quotas;
using Rtd.Daemon.Storage.Trees;

namespace Rtd.Daemon.Volumes;

/// <summary>Volumes' directories are handled as layers' are: by fd, one level at a time.</summary>
internal sealed class VolumeTrees : IVolumeTrees
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TreeRemoval _removal;

    /// <param name="trash">On the volumes' file system; made when it is not there.</param>
    /// <param name="layers">Quotas of the layers' file system.</param>
    public VolumeTrees(string trash, ProjectQuotas? layers)
    {
        Directory.CreateDirectory(trash, Private);
        _removal = new TreeRemoval(trash);
        Quotas = ProjectQuotas.Open(trash, layers);
        Quotas?.ForgetDiscarded(trash);
    }

    /// <summary>Of the file system that the volumes are on; null where there are none.</summary>
    public ProjectQuotas? Quotas { get; }

    public void Discard(string directory) => ProjectQuotas.Discard(directory, _removal, Quotas);

    public void Empty() => _removal.Empty();

    public long Measure(string directory) => TreeSize.Measure(directory);
}
