namespace Rtd.Daemon.Volumes;

/// <summary>Work on directory trees that containers have filled, done without following what they put there.</summary>
internal interface IVolumeTrees
{
    /// <summary>Takes a directory away, in one rename: nobody finds it any more, and a kill leaves it for the next <see cref="Empty"/>.</summary>
    void Discard(string directory);

    /// <summary>Deletes what was discarded.</summary>
    void Empty();

    /// <summary>Bytes of all regular files below a directory.</summary>
    long Measure(string directory);
}
