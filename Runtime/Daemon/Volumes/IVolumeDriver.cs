namespace Rtd.Daemon.Volumes;

/// <summary>Where volumes come from: directories of this machine, or what a plugin has. The store knows names, labels and users; a driver the data.</summary>
internal interface IVolumeDriver
{
    /// <summary>The name in flags and inspect.</summary>
    string Name { get; }

    /// <summary>"local", or "global" for volumes that every machine of a cluster sees.</summary>
    string Scope { get; }

    /// <summary>Makes what is to hold the data; undoes itself when it fails.</summary>
    /// <exception cref="Errors.EngineException">Invalid parameter: options that the driver does not take.</exception>
    Task CreateAsync(Volume volume);

    /// <summary>Deletes the data. Not an error when it is gone.</summary>
    Task RemoveAsync(Volume volume);

    /// <summary>Makes the data ready for a user. A user that mounts several times unmounts as often.</summary>
    /// <param name="user">Who it is, in a word that no other one has.</param>
    Task<VolumeSource> MountAsync(Volume volume, string user);

    /// <summary>A user needs the data no longer. Not an error when it has not mounted it.</summary>
    Task UnmountAsync(Volume volume, string user);

    /// <summary>What the driver tells of a volume; null when it knows none of that name.</summary>
    Task<DriverVolume?> FindAsync(string name);

    /// <summary>All volumes that the driver knows.</summary>
    Task<IReadOnlyList<DriverVolume>> ListAsync();
}
