namespace Rtd.Daemon.Volumes;

/// <summary>The drivers there are: the local one, and those of plugins.</summary>
internal interface IVolumeDrivers
{
    /// <summary>The driver of a name; "" is the local one.</summary>
    /// <exception cref="Errors.EngineException">Not found: no plugin of that name, in Docker's words.</exception>
    Task<IVolumeDriver> GetAsync(string name);

    /// <summary>The driver of a volume on disk. Whether its plugin is there shows when it is asked for something.</summary>
    IVolumeDriver Of(VolumeRecord record);

    /// <summary>Those drivers that may know of volumes that the store does not.</summary>
    Task<IReadOnlyList<IVolumeDriver>> AllAsync();
}
