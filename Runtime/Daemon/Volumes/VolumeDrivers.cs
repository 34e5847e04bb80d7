using Rtd.Daemon.Errors;
using Rtd.Daemon.Volumes.Local;

namespace Rtd.Daemon.Volumes;

/// <summary>The local driver.</summary>
internal sealed class VolumeDrivers(IVolumeTrees trees) : IVolumeDrivers
{
    private readonly LocalDriver _local = new(trees);

    public Task<IVolumeDriver> GetAsync(string name) => name is "" or LocalDriver.DriverName
        ? Task.FromResult<IVolumeDriver>(_local)
        : throw EngineException.NotFound($"error looking up volume plugin {name}: plugin \"{name}\" not found");

    public IVolumeDriver Of(VolumeRecord record) => _local;

    public Task<IReadOnlyList<IVolumeDriver>> AllAsync() => Task.FromResult<IReadOnlyList<IVolumeDriver>>([_local]);
}
